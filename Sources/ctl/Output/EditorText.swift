import JSON
import Schema

/// The text an editor is given: an object, with comments above that are not part of it.
enum EditorText {
    static let refusalMark = "# The server refused"
    private static let introduction =
        """
        # Change the object below; lines that begin with # are ignored.
        # An empty file, or no change, leaves it as it is.
        #

        """

    static func text(of object: JSONValue, problem: String?) -> String {
        introduction + YAMLWriter.text(of: object)
    }

    /// The edited text again, with the reason of its refusal on top.
    static func text(edited: String, problem: String) -> String {
        let comment = problem.split(separator: "\n", omittingEmptySubsequences: false).map { "# \($0)\n" }.joined()
        return "\(refusalMark) your text:\n\(comment)#\n" + content(of: edited)
    }

    static func content(of text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).drop { $0.hasPrefix("#") }.joined(separator: "\n")
    }
}
