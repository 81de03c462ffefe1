import Foundation
import JSON
import SwiftProtobuf
import Testing

@testable import KubernetesProtobuf

struct ProtobufBodyTests {
    /// A body as Kubernetes' clients frame it.
    static func body(_ apiVersion: String, _ kind: String, _ message: some SwiftProtobuf.Message) throws -> [UInt8] {
        let unknown = try ProtoUnknown.with {
            $0.typeMeta.apiVersion = apiVersion
            $0.typeMeta.kind = kind
            $0.raw = try message.serializedBytes()
            $0.contentEncoding = ""
            $0.contentType = ""
        }
        return Array("k8s\0".utf8) + (try unknown.serializedBytes() as [UInt8])
    }

    private static func time(_ seconds: Int64, _ nanos: Int32 = 0) -> ProtoTime {
        ProtoTime.with {
            $0.seconds = seconds
            $0.nanos = nanos
        }
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let apiVersion: String
        let kind: String
        let message: any SwiftProtobuf.Message & Sendable
        let json: JSONValue
    }

    static let cases = [
        Case(
            testDescription: "what kubectl create secret generic sends",
            apiVersion: "v1",
            kind: "Secret",
            message: ProtoSecret.with {
                $0.metadata.name = "console-secret"
                $0.metadata.namespace = ""
                $0.metadata.creationTimestamp = ProtoTime()
                $0.data = ["clientSecret": Data("hunter2".utf8)]
                $0.type = ""
            },
            json: ["metadata": ["name": "console-secret"], "data": ["clientSecret": "aHVudGVyMg=="]]
        ),
        Case(
            testDescription: "all of a secret",
            apiVersion: "v1",
            kind: "Secret",
            message: ProtoSecret.with {
                $0.metadata.generateName = "a-"
                $0.stringData = ["b": "c"]
                $0.type = "Opaque"
                $0.immutable = false
            },
            json: ["metadata": ["generateName": "a-"], "stringData": ["b": "c"], "type": "Opaque", "immutable": false]
        ),
        Case(
            testDescription: "a config map with all of its metadata",
            apiVersion: "v1",
            kind: "ConfigMap",
            message: ProtoConfigMap.with {
                $0.metadata = ProtoObjectMeta.with {
                    $0.name = "ca"
                    $0.namespace = "openshift-config"
                    $0.uid = "u"
                    $0.resourceVersion = "7"
                    $0.generation = 2
                    $0.creationTimestamp = time(1_700_000_000)
                    $0.deletionTimestamp = time(1_700_000_060)
                    $0.deletionGracePeriodSeconds = 0
                    $0.labels = ["a": "b"]
                    $0.annotations = ["c": ""]
                    $0.ownerReferences = [
                        ProtoOwnerReference.with {
                            ($0.apiVersion, $0.kind, $0.name, $0.uid) = ("v1", "Secret", "s", "o")
                            $0.controller = true
                            $0.blockOwnerDeletion = false
                        }
                    ]
                    $0.finalizers = ["example.org/f"]
                    $0.managedFields = [
                        ProtoManagedFieldsEntry.with {
                            ($0.manager, $0.operation, $0.apiVersion) = ("kubectl", "Apply", "v1")
                            $0.time = time(1_700_000_000)
                            $0.fieldsType = "FieldsV1"
                            $0.fieldsV1.raw = Data(#"{"f:data":{}}"#.utf8)
                        }
                    ]
                }
                $0.data = ["x": "y"]
                $0.binaryData = ["z": Data([0, 255])]
            },
            json: [
                "metadata": [
                    "name": "ca", "namespace": "openshift-config", "uid": "u", "resourceVersion": "7", "generation": 2,
                    "creationTimestamp": "2023-11-14T22:13:20Z", "deletionTimestamp": "2023-11-14T22:14:20Z",
                    "deletionGracePeriodSeconds": 0, "labels": ["a": "b"], "annotations": ["c": ""],
                    "ownerReferences": [
                        [
                            "apiVersion": "v1", "kind": "Secret", "name": "s", "uid": "o", "controller": true,
                            "blockOwnerDeletion": false,
                        ]
                    ],
                    "finalizers": ["example.org/f"],
                    "managedFields": [
                        [
                            "manager": "kubectl", "operation": "Apply", "apiVersion": "v1", "time": "2023-11-14T22:13:20Z",
                            "fieldsType": "FieldsV1", "fieldsV1": ["f:data": [:]],
                        ]
                    ],
                ],
                "data": ["x": "y"], "binaryData": ["z": "AP8="],
            ]
        ),
        Case(
            testDescription: "what kubectl create namespace sends",
            apiVersion: "v1",
            kind: "Namespace",
            message: ProtoNamespace.with {
                $0.metadata.name = "a"
                $0.spec = ProtoNamespaceSpec()
                $0.status.phase = ""
            },
            json: ["metadata": ["name": "a"]]
        ),
        Case(
            testDescription: "an event",
            apiVersion: "v1",
            kind: "Event",
            message: ProtoEvent.with {
                $0.metadata.name = "e"
                $0.involvedObject.kind = "Authentication"
                $0.reason = "Tested"
                $0.firstTimestamp = time(1_700_000_000)
                $0.count = 3
                $0.eventTime = time(1_700_000_000, 1_234_567)
                $0.series.count = 2
                $0.reportingComponent = "test"
            },
            json: [
                "metadata": ["name": "e"], "involvedObject": ["kind": "Authentication"], "reason": "Tested", "source": [:],
                "firstTimestamp": "2023-11-14T22:13:20Z", "count": 3, "eventTime": "2023-11-14T22:13:20.001234Z",
                "series": ["count": 2], "reportingComponent": "test",
            ]
        ),
        Case(
            testDescription: "a lease",
            apiVersion: "coordination.k8s.io/v1",
            kind: "Lease",
            message: ProtoLease.with {
                $0.metadata.name = "l"
                $0.spec.holderIdentity = "me"
                $0.spec.leaseDurationSeconds = 15
                $0.spec.renewTime = time(1_700_000_000, 999_999_999)
                $0.spec.leaseTransitions = 0
            },
            json: [
                "metadata": ["name": "l"],
                "spec": [
                    "holderIdentity": "me", "leaseDurationSeconds": 15, "renewTime": "2023-11-14T22:13:20.999999Z",
                    "leaseTransitions": 0,
                ],
            ]
        ),
        Case(
            testDescription: "a token review, without the status that a client claims",
            apiVersion: "authentication.k8s.io/v1",
            kind: "TokenReview",
            message: ProtoTokenReview.with {
                $0.spec.token = "t"
                $0.spec.audiences = ["a", "b"]
                $0.status.authenticated = true
            },
            json: ["metadata": [:], "spec": ["token": "t", "audiences": ["a", "b"]]]
        ),
        Case(
            testDescription: "what kubectl auth whoami sends",
            apiVersion: "authentication.k8s.io/v1",
            kind: "SelfSubjectReview",
            message: ProtoSelfSubjectReview.with { $0.status.userInfo.username = "" },
            json: ["metadata": [:]]
        ),
        Case(
            testDescription: "what kubectl auth can-i sends",
            apiVersion: "authorization.k8s.io/v1",
            kind: "SelfSubjectAccessReview",
            message: ProtoSelfSubjectAccessReview.with {
                $0.spec.resourceAttributes.verb = "get"
                $0.spec.resourceAttributes.group = "config.openshift.io"
                $0.spec.resourceAttributes.resource = "authentications"
            },
            json: [
                "metadata": [:],
                "spec": ["resourceAttributes": ["verb": "get", "group": "config.openshift.io", "resource": "authentications"]],
            ]
        ),
        Case(
            testDescription: "what kubectl auth can-i --list sends",
            apiVersion: "authorization.k8s.io/v1",
            kind: "SelfSubjectRulesReview",
            message: ProtoSelfSubjectRulesReview.with { $0.spec.namespace = "default" },
            json: ["metadata": [:], "spec": ["namespace": "default"]]
        ),
        Case(
            testDescription: "a role",
            apiVersion: "rbac.authorization.k8s.io/v1",
            kind: "ClusterRole",
            message: ProtoRole.with {
                $0.metadata.name = "r"
                $0.rules = [
                    ProtoPolicyRule.with {
                        ($0.verbs, $0.apiGroups, $0.resources, $0.nonResourceUrls) = (["get"], [""], ["secrets"], ["/livez"])
                    }
                ]
            },
            json: [
                "metadata": ["name": "r"],
                "rules": [["verbs": ["get"], "apiGroups": [""], "resources": ["secrets"], "nonResourceURLs": ["/livez"]]],
            ]
        ),
        Case(
            testDescription: "a binding",
            apiVersion: "rbac.authorization.k8s.io/v1",
            kind: "RoleBinding",
            message: ProtoRoleBinding.with {
                $0.metadata.name = "b"
                $0.subjects = [
                    ProtoSubject.with { ($0.kind, $0.apiGroup, $0.name) = ("User", "rbac.authorization.k8s.io", "u") }
                ]
                ($0.roleRef.apiGroup, $0.roleRef.kind, $0.roleRef.name) = ("rbac.authorization.k8s.io", "Role", "r")
            },
            json: [
                "metadata": ["name": "b"],
                "subjects": [["kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": "u"]],
                "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "r"],
            ]
        ),
        Case(
            testDescription: "how a delete is meant",
            apiVersion: "v1",
            kind: "DeleteOptions",
            message: ProtoDeleteOptions.with {
                $0.gracePeriodSeconds = 0
                $0.preconditions.uid = "u"
                $0.propagationPolicy = "Background"
                $0.dryRun = ["All"]
            },
            json: [
                "gracePeriodSeconds": 0, "preconditions": ["uid": "u"], "propagationPolicy": "Background", "dryRun": ["All"],
            ]
        ),
    ]

    @Test(arguments: cases) func readsWhatJSONClientsWouldSend(_ c: Case) throws {
        let found = try ProtobufBody.object(in: try Self.body(c.apiVersion, c.kind, c.message))
        var expected = c.json
        expected["apiVersion"] = .string(c.apiVersion)
        expected["kind"] = .string(c.kind)
        #expect(found == expected)
    }

    /// Every beginning of a body, and every body with one byte changed, is an object or a problem and nothing else.
    @Test(arguments: cases) func livesThroughDamage(_ c: Case) throws {
        let body = try Self.body(c.apiVersion, c.kind, c.message)
        for end in body.indices { expectNoTrap(Array(body[..<end])) }
        for index in body.indices {
            for bit in 0..<8 {
                var changed = body
                changed[index] ^= 1 << bit
                expectNoTrap(changed)
            }
        }
    }

    private func expectNoTrap(_ bytes: [UInt8]) {
        do throws(ProtobufBody.Problem) {
            let object = try ProtobufBody.object(in: bytes)
            #expect(object.objectValue != nil)
        } catch {
            #expect(!error.description.isEmpty)
        }
    }

    @Test func saysWhatItDoesNotRead() throws {
        let secret = ProtoSecret()
        #expect(throws: ProtobufBody.Problem.noMagic) { try ProtobufBody.object(in: []) }
        #expect(throws: ProtobufBody.Problem.noMagic) { try ProtobufBody.object(in: Array(#"{"kind":"Secret"}"#.utf8)) }
        #expect(throws: ProtobufBody.Problem.malformed) { try ProtobufBody.object(in: Array("k8s\0\u{7F}".utf8)) }
        #expect(throws: ProtobufBody.Problem.unknownKind(apiVersion: "v1", kind: "Pod")) {
            try ProtobufBody.object(in: try Self.body("v1", "Pod", secret))
        }
        let encoded = ProtoUnknown.with {
            ($0.typeMeta.apiVersion, $0.typeMeta.kind) = ("v1", "Secret")
            $0.contentEncoding = "gzip"
        }
        let bytes: [UInt8] = try encoded.serializedBytes()
        #expect(throws: ProtobufBody.Problem.encoded("gzip")) { try ProtobufBody.object(in: Array("k8s\0".utf8) + bytes) }
    }
}
