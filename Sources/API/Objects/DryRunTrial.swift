package import JSON
package import Schema

/// What a dry run of a write finds out beyond validation: everything that would be found out after it.
package struct DryRunTrial: Sendable {
    let resource: ResourceName
    /// Sentences for whoever asked, about the object as it would be stored. They become warnings: the write itself would not be refused.
    let sentences: @Sendable (JSONValue) async -> [String]

    package init(_ resource: ResourceName, sentences: @escaping @Sendable (JSONValue) async -> [String]) {
        self.resource = resource
        self.sentences = sentences
    }
}
