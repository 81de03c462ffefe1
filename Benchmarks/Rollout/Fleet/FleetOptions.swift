/// What `fleet` is asked for.
struct FleetOptions {
    let server: String
    let data: String
    let workers: Int

    /// nil when something is missing or not understood.
    init?(_ arguments: some Collection<String>) {
        var values: [String: String] = [:]
        var rest = arguments[...]
        while let name = rest.popFirst() {
            guard let value = rest.popFirst() else { return nil }
            values[name] = value
        }
        guard let server = values["--server"], let data = values["--data"],
            let workers = values["--workers"].flatMap({ Int($0) }),
            (1...10_000).contains(workers), values.count == 3
        else { return nil }
        (self.server, self.data, self.workers) = (server, data, workers)
    }
}
