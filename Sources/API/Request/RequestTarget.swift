/// What a path of the API means.
enum RequestTarget: Hashable, Sendable {
    case root
    /// `livez`, `readyz` or `healthz`.
    case health(String)
    case version
    /// `/api`
    case coreVersions
    /// `/apis`
    case groups
    /// `/apis/GROUP`
    case group(String)
    /// `/api/v1` or `/apis/GROUP/VERSION`; the core group is empty.
    case groupVersion(group: String, version: String)
    case openAPIIndex
    case openAPIDocument(group: String, version: String)
    case openAPIVersion2
    case resource(ResourceTarget)

    /// nil for a path that means nothing.
    init?(path: String) {
        var segments: [String] = []
        for segment in path.utf8.split(separator: UInt8(ascii: "/")) {
            guard let decoded = PercentEncoding.decoded(segment), segments.count < 12 else { return nil }
            segments.append(decoded)
        }
        switch segments.first {
        case nil: self = .root
        case "livez", "readyz", "healthz": self = .health(segments[0])
        case "version" where segments.count == 1: self = .version
        case "openapi": self.init(openAPI: segments.dropFirst())
        case "api": self.init(core: segments.dropFirst())
        case "apis": self.init(named: segments.dropFirst())
        default: return nil
        }
    }

    private init?(openAPI rest: ArraySlice<String>) {
        let rest = Array(rest)
        switch rest.count {
        case 1 where rest[0] == "v2": self = .openAPIVersion2
        case 1 where rest[0] == "v3": self = .openAPIIndex
        case 3 where rest[0] == "v3" && rest[1] == "api": self = .openAPIDocument(group: "", version: rest[2])
        case 4 where rest[0] == "v3" && rest[1] == "apis": self = .openAPIDocument(group: rest[2], version: rest[3])
        default: return nil
        }
    }

    private init?(core rest: ArraySlice<String>) {
        guard let version = rest.first else {
            self = .coreVersions
            return
        }
        self.init(group: "", version: version, rest: rest.dropFirst())
    }

    private init?(named rest: ArraySlice<String>) {
        guard let group = rest.first else {
            self = .groups
            return
        }
        guard let version = rest.dropFirst().first else {
            self = .group(group)
            return
        }
        self.init(group: group, version: version, rest: rest.dropFirst(2))
    }

    private init?(group: String, version: String, rest: ArraySlice<String>) {
        guard !rest.isEmpty else {
            self = .groupVersion(group: group, version: version)
            return
        }
        guard let target = ResourceTarget(group: group, version: version, segments: Array(rest)) else { return nil }
        self = .resource(target)
    }
}

/// A resource, or one object of it, or one part of an object, as a path names it.
struct ResourceTarget: Hashable, Sendable {
    let group: String
    let version: String
    let plural: String
    let namespace: String?
    let name: String?
    let subresource: String?

    init(
        group: String,
        version: String,
        plural: String,
        namespace: String? = nil,
        name: String? = nil,
        subresource: String? = nil
    ) {
        self.group = group
        self.version = version
        self.plural = plural
        self.namespace = namespace
        self.name = name
        self.subresource = subresource
    }

    /// The namespace in which somebody must have rights: a namespace is inside of itself.
    var rightsNamespace: String? { namespace ?? (group.isEmpty && plural == "namespaces" ? name : nil) }

    /// A list or watch of the one object that its field selector names is about that object, for whoever may see only that one.
    func named(by verb: Verb, _ query: Query) -> ResourceTarget {
        guard name == nil, [.list, .watch].contains(verb), let text = query["fieldSelector"] else { return self }
        let selector: FieldSelector
        // What is no selector is refused to those who may list everything; nobody else is told more than that they may not.
        do { selector = try FieldSelector(text) } catch { return self }
        guard let name = selector.name else { return self }
        return ResourceTarget(
            group: group,
            version: version,
            plural: plural,
            namespace: namespace,
            name: name,
            subresource: subresource
        )
    }

    /// - Parameter segments: the path after the version; at least one.
    init?(group: String, version: String, segments: [String]) {
        var rest = segments[...]
        var namespace: String?
        // `namespaces/X/status` is a part of a namespace, `namespaces/X/anything-else` is inside of it.
        if rest.first == "namespaces", rest.count > 2, !(group.isEmpty && ["status", "finalize"].contains(segments[2])) {
            namespace = segments[1]
            rest = rest.dropFirst(2)
        }
        guard rest.count <= 3, let plural = rest.popFirst() else { return nil }
        let name = rest.popFirst()
        self.init(
            group: group,
            version: version,
            plural: plural,
            namespace: namespace,
            name: name,
            subresource: rest.popFirst()
        )
    }
}
