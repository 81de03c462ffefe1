package import JSON

/// The one way from a value that somebody sent to an object that a store takes.
///
/// Nulls are dropped, defaults filled in, unknown fields removed or refused, and everything that is wrong is collected:
/// structure, rules of the schema, `metadata`, and what only this kind asks for. What the server owns in `metadata` (uid,
/// generation, timestamps, managed fields) is the caller's business and must be in place before.
package struct Admission: Sendable {
    package struct Options: Sendable {
        /// The feature gate MultipleOIDCProviders.
        package var multipleOIDCProviders: Bool
        /// What a change of the mode is judged by; nil: it is not.
        package var modeSwitch: ModeSwitch?

        package init(multipleOIDCProviders: Bool = false, modeSwitch: ModeSwitch? = nil) {
            self.multipleOIDCProviders = multipleOIDCProviders
            self.modeSwitch = modeSwitch
        }
    }

    /// What becomes of fields that a kind does not have.
    package enum FieldValidation: String, Sendable {
        /// The object is refused.
        case strict = "Strict"
        /// They are removed, and a warning says so.
        case warn = "Warn"
        /// They are removed.
        case ignore = "Ignore"
    }

    package enum Subresource: String, Sendable {
        case none = ""
        case status
    }

    /// An object that another one refers to by name.
    package struct Reference: Hashable, Sendable {
        /// `ConfigMap` or `Secret`, in the core group.
        package let kind: String
        package let namespace: String
        package let name: String
    }

    package let catalog: ResourceCatalog
    package var options: Options

    package init(catalog: ResourceCatalog, options: Options = Options()) {
        self.catalog = catalog
        self.options = options
    }

    /// - Parameter exists: tells whether a referenced object is there; without it missing ones are not warned about.
    package func admit(
        _ object: JSONValue,
        as definition: ResourceDefinition,
        replacing old: JSONValue? = nil,
        fieldValidation: FieldValidation = .strict,
        subresource: Subresource = .none,
        exists: ((Reference) -> Bool)? = nil
    ) throws(InvalidObject) -> Admitted {
        try refuseOtherKinds(object, definition)
        var unknown: [FieldPath] = []
        var value = definition.schema.droppingNulls(object)
        if definition.isSecret { value = SecretAdmission.mergingStringData(value) }
        value = definition.schema.applyingDefaults(value)
        value = definition.schema.pruning(value, at: .root, unknown: &unknown)

        var verdict = Verdict()
        verdict.merge(definition.schema.verdict(on: value, replacing: old))
        verdict.issues += MetadataRules.issues(of: value, replacing: old, definition)
        verdict.merge(kindVerdict(value, old: old, definition, subresource, exists))

        let name = value.value(at: "metadata", "name")?.stringValue ?? ""
        let refused = fieldValidation == .strict ? unknown.map { definition.unknownField($0) } : []
        guard verdict.issues.isEmpty, refused.isEmpty else {
            throw InvalidObject(definition: definition, name: name, issues: verdict.issues, unknownFields: refused)
        }
        let namespace = definition.scope == .namespaced ? value.value(at: "metadata", "namespace")?.stringValue : nil
        let dropped = fieldValidation == .warn ? unknown.map { "unknown field \"\($0)\"" } : []
        return Admitted(
            object: CheckedObject(value: value, definition: definition, namespace: namespace, name: name),
            warnings: dropped + verdict.warnings
        )
    }

    /// The object as it would be stored if all of it were right: nulls dropped, defaults filled in, unknown fields removed.
    package func normalized(_ object: JSONValue, as definition: ResourceDefinition) -> JSONValue {
        var unknown: [FieldPath] = []
        var value = definition.schema.droppingNulls(object)
        if definition.isSecret { value = SecretAdmission.mergingStringData(value) }
        return definition.schema.pruning(definition.schema.applyingDefaults(value), at: .root, unknown: &unknown)
    }

    /// The object with nulls dropped and with what is only for writing (`stringData`) put where it ends up: what its writer says, before
    /// anything is added.
    package func stated(_ object: JSONValue, as definition: ResourceDefinition) -> JSONValue {
        let value = definition.schema.droppingNulls(object)
        return definition.isSecret ? SecretAdmission.mergingStringData(value) : value
    }

    /// The fields of an object that its kind does not have.
    package func unknownFields(of object: JSONValue, as definition: ResourceDefinition) -> [FieldPath] {
        var unknown: [FieldPath] = []
        _ = definition.schema.pruning(stated(object, as: definition), at: .root, unknown: &unknown)
        return unknown
    }

    private func refuseOtherKinds(_ object: JSONValue, _ definition: ResourceDefinition) throws(InvalidObject) {
        let words = { (value: JSONValue?) in value?.stringValue ?? "" }
        guard object.objectValue != nil, words(object["kind"]) == definition.kind,
            words(object["apiVersion"]) == definition.apiVersion
        else {
            throw InvalidObject(
                definition: definition,
                malformed: "the object must have apiVersion \"\(definition.apiVersion)\" and kind \"\(definition.kind)\""
            )
        }
    }

    private func kindVerdict(
        _ value: JSONValue,
        old: JSONValue?,
        _ definition: ResourceDefinition,
        _ subresource: Subresource,
        _ exists: ((Reference) -> Bool)?
    ) -> Verdict {
        switch (definition.group, definition.kind) {
        case ("config.openshift.io", "Authentication"):
            AuthenticationAdmission(options: options, exists: exists).verdict(on: value, replacing: old, subresource)
        case ("", "Secret"), ("", "ConfigMap"):
            SecretAdmission.verdict(on: value, replacing: old, definition)
        default:
            Verdict()
        }
    }
}

/// What a group of checks has found.
struct Verdict {
    var issues: [FieldIssue] = []
    var warnings: [String] = []

    mutating func merge(_ other: Verdict) {
        issues += other.issues
        warnings += other.warnings
    }
}

extension ResourceDefinition {
    fileprivate var isSecret: Bool { group.isEmpty && kind == "Secret" }
}
