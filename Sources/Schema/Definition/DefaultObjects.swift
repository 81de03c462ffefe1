package import JSON

/// The objects that a controller creates when it starts on an empty data folder.
package enum DefaultObjects {
    /// In an order in which they can be created: namespaces first.
    package static func all() throws -> [JSONValue] {
        try EmbeddedManifests.defaultObjectFiles.flatMap {
            try EmbeddedManifests.values($0.bytes, named: "defaults/\($0.name)")
        }
    }
}
