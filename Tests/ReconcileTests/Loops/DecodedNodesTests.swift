import JSON
import Schema
import Store
import Testing

@testable import Reconcile

struct DecodedNodesTests {
    private func node(_ name: String, revision: Int64, version: Int64) -> StoredObject {
        StoredObject(
            id: ObjectID(.nodes, name: name),
            value: [
                "apiVersion": "v1", "kind": "Node", "metadata": ["name": .string(name)],
                "status": ["authentication": ["revision": .integer(revision)]],
            ],
            version: version
        )
    }

    private func revisions(_ decoded: DecodedNodes, _ objects: [StoredObject]) throws -> [Int64?] {
        try decoded.decode(objects).map { $0.status?.authentication?.revision }
    }

    /// A node that came back under its name has another version; one that did not change is not read again, whatever it holds.
    @Test func eachVersionIsDecodedOnce() throws {
        let decoded = DecodedNodes()
        #expect(try revisions(decoded, [node("a", revision: 1, version: 5), node("b", revision: 1, version: 6)]) == [1, 1])
        #expect(try revisions(decoded, [node("a", revision: 2, version: 7), node("b", revision: 9, version: 6)]) == [2, 1])
        #expect(try revisions(decoded, [node("a", revision: 2, version: 7)]) == [2])
        #expect(try revisions(decoded, [node("b", revision: 3, version: 6)]) == [3])
    }
}
