/// One entry of an `Accept` header: `application/json;as=Table;v=v1;g=meta.k8s.io`.
///
/// The entry with the higher quality value goes first; of equal ones the one that is written first.
struct MediaRange: Hashable, Sendable {
    struct List: Hashable, Sendable {
        let ranges: [MediaRange]

        /// A missing header accepts everything.
        init(_ header: String?) {
            let entries = (header ?? "*/*").split(separator: ",", maxSplits: 16).map(MediaRange.init)
            let wanted = entries.contains { $0.quality != 1 } ? Self.weighed(entries) : entries
            self.init(ranges: entries.isEmpty ? [MediaRange("*/*")] : wanted)
        }

        /// Sorted by quality; what has none is not wanted (RFC 9110 section 12.4.2).
        private static func weighed(_ entries: [MediaRange]) -> [MediaRange] {
            entries.enumerated().filter { $0.element.quality > 0 }
                .sorted { ($1.element.quality, $0.offset) < ($0.element.quality, $1.offset) }.map(\.element)
        }

        /// None: nothing is accepted.
        fileprivate init(ranges: [MediaRange]) { self.ranges = ranges }
    }

    let type: String
    let parameters: [String: String]

    init(_ text: some StringProtocol) {
        let parts = text.split(separator: ";", maxSplits: 16).map { String($0.filter { $0 != " " && $0 != "\t" }) }
        type = parts.first.map { $0.lowercased() } ?? ""
        var parameters: [String: String] = [:]
        for part in parts.dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1)
            if pair.count == 2 { parameters[pair[0].lowercased()] = String(pair[1]) }
        }
        self.parameters = parameters
    }

    /// From 0 to 1; what cannot be read is 1, as in Kubernetes.
    var quality: Double { parameters["q"].flatMap(Double.init).flatMap { (0...1).contains($0) ? $0 : nil } ?? 1 }

    var acceptsJSON: Bool { ["application/json", "application/*", "*/*"].contains(type) }
    var acceptsYAML: Bool { type == "application/yaml" }
}

extension MediaRange {
    /// nil for a form that we do not have.
    fileprivate var objectForm: ObjectForm? {
        switch (parameters["as"], parameters["g"], parameters["v"]) {
        case (nil, _, _): .whole
        case ("Table", "meta.k8s.io", "v1"): .table
        case ("PartialObjectMetadata", "meta.k8s.io", "v1"), ("PartialObjectMetadataList", "meta.k8s.io", "v1"): .metadata
        default: nil
        }
    }
}

/// The form in which a client wants objects.
enum ObjectForm: Hashable, Sendable {
    case whole
    case table
    /// Only `metadata`.
    case metadata
}

extension MediaRange.List {
    /// The first form we can give; nil if the client accepts nothing of ours.
    var objectForm: ObjectForm? {
        ranges.lazy.filter { $0.acceptsJSON || $0.acceptsYAML }.compactMap(\.objectForm).first
    }

    /// For a stream, which is JSON line by line.
    var withoutYAML: MediaRange.List { MediaRange.List(ranges: ranges.filter { !$0.acceptsYAML }) }

    /// Whether the form is wanted as YAML.
    var wantsYAML: Bool {
        ranges.first { ($0.acceptsJSON || $0.acceptsYAML) && $0.objectForm != nil }?.acceptsYAML ?? false
    }

    /// The version of aggregated discovery the client asks for; nil for the older, unaggregated form.
    var aggregatedDiscovery: String? {
        for range in ranges where range.acceptsJSON {
            guard let wanted = range.parameters["as"] else { return nil }
            guard wanted == "APIGroupDiscoveryList", range.parameters["g"] == "apidiscovery.k8s.io" else { continue }
            if let version = range.parameters["v"], ["v2", "v2beta1"].contains(version) { return version }
        }
        return nil
    }
}
