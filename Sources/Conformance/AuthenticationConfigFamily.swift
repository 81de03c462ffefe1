import AuthenticationFile
import JSON
import Schema

/// Configuration files as Kubernetes validates them: the same fields must be refused for the same type of reason.
enum AuthenticationConfigFamily {
    static func judge(_ one: ConformanceCase) -> Verdict {
        guard let file = ConfigurationText(of: one.value) else { return .skipped("without a configuration") }
        guard let expected = Expectation(one.value) else { return .skipped("no expectation") }
        let found: Expectation
        do throws(InvalidConfiguration) {
            _ = try AuthenticationConfiguration.read(
                file.bytes,
                source: one.name,
                disallowedIssuers: one.value["disallowedIssuers"].stringValues
            )
            found = .refusals([])
        } catch {
            found = Expectation(error)
        }
        if found == expected { return .passed }
        if let reason = DeliberateDifference.reason(ofConfiguration: one.value) { return .skipped(reason) }
        return .failed(expected: expected.description, actual: found.description)
    }
}

/// What is, or should be, said about a file.
private enum Expectation: Equatable, CustomStringConvertible {
    /// It cannot be decoded at all.
    case unreadable(String)
    /// Field and type of each error; empty: the file is good.
    case refusals(Set<String>)

    init?(_ value: JSONValue) {
        if let list = value["wantConfigErrorList"]?.arrayValue {
            let pairs = list.map { "\($0["field"]?.stringValue ?? "") \($0["type"]?.stringValue ?? "")" }
            if !pairs.isEmpty || (value["wantConfigError"]?.stringValue ?? "").isEmpty {
                self = .refusals(Set(pairs))
                return
            }
        }
        switch value["wantConfigError"] {
        case .string("")?, .null?: self = .refusals([])
        case .string(let text)?: self = .unreadable(text)
        default: return nil
        }
    }

    init(_ error: InvalidConfiguration) {
        let issues = error.problems.compactMap { if case .refused(let issue) = $0 { issue } else { nil } }
        self =
            issues.count == error.problems.count
            ? .refusals(Set(issues.map { "\($0.path) \($0.reason.rawValue)" })) : .unreadable(error.description)
    }

    /// Why a file cannot be decoded is worded freely.
    static func == (left: Expectation, right: Expectation) -> Bool {
        switch (left, right) {
        case (.unreadable, .unreadable): true
        case (.refusals(let one), .refusals(let other)): one == other
        default: false
        }
    }

    var description: String {
        switch self {
        case .unreadable(let text): "cannot be decoded: \(text)"
        case .refusals(let pairs): pairs.isEmpty ? "valid" : pairs.sorted().joined(separator: "; ")
        }
    }
}

/// The configuration file of a case, as bytes: given as a file, or as the value that a file would hold.
struct ConfigurationText {
    let bytes: [UInt8]

    init?(of value: JSONValue) {
        if let text = value["configText"]?.stringValue {
            bytes = Array(text.utf8)
        } else if let configuration = value["authenticationConfiguration"] {
            bytes = Array(JSONWriter.text(of: configuration).utf8)
        } else {
            return nil
        }
    }
}
