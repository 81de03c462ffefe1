import Atomics
import Authenticator
import Foundation
import JSON
import Logging
import Testing

@testable import Worker

struct OpaqueTokenTableTests {
    private static let token: JSONValue = [
        "kind": "OAuthAccessToken",
        "metadata": ["name": "sha256~t", "creationTimestamp": "2023-11-14T22:13:20Z"],
        "userName": "bob", "userUID": "u-1", "scopes": ["user:full"], "expiresIn": 60, "clientName": "cli",
    ]
    private static let user: JSONValue = ["kind": "User", "metadata": ["name": "bob", "uid": "u-1"], "groups": ["own"]]
    private static let group: JSONValue = ["kind": "Group", "metadata": ["name": "dev"], "users": ["bob", "eve"]]

    private func table(_ objects: [JSONValue] = [token, user, group], isComplete: Bool = true) -> OpaqueTokenTable {
        var table = OpaqueTokenTable()
        for object in objects { table.apply(object, isDeleted: false) }
        table.isComplete = isComplete
        return table
    }

    @Test func findsATokenWithItsUsersGroups() throws {
        let found = try table().find(hashName: "sha256~t")
        #expect(
            found
                == OpaqueToken(
                    userName: "bob",
                    userUID: "u-1",
                    groups: ["dev", "own"],
                    scopes: ["user:full"],
                    expiresAt: 1_700_000_060,
                    clientName: "cli"
                )
        )
        #expect(try table().find(hashName: "sha256~x") == nil)
    }

    @Test func followsChanges() throws {
        var table = table()
        table.apply(["kind": "Group", "metadata": ["name": "dev"], "users": ["eve"]], isDeleted: false)
        #expect(try table.find(hashName: "sha256~t")?.groups == ["own"])
        table.apply(["kind": "Group", "metadata": ["name": "ops"], "users": ["bob"]], isDeleted: false)
        #expect(try table.find(hashName: "sha256~t")?.groups == ["ops", "own"])
        table.apply(["kind": "Group", "metadata": ["name": "ops"]], isDeleted: true)
        #expect(try table.find(hashName: "sha256~t")?.groups == ["own"])
        table.apply(Self.token, isDeleted: true)
        #expect(try table.find(hashName: "sha256~t") == nil)
    }

    @Test func givesNobodyTheTokenOfADeletedUser() throws {
        var table = table()
        table.apply(["kind": "User", "metadata": ["name": "bob", "uid": "u-2"]], isDeleted: false)
        #expect(try table.find(hashName: "sha256~t") == nil)
        table.apply(Self.user, isDeleted: true)
        #expect(try table.find(hashName: "sha256~t") == nil)
    }

    /// While the lists are being read, what is missing may only not have arrived: that is "try again", not "no".
    @Test(arguments: [[], [token], [user, group]])
    func saysTryAgainWhileItIsIncomplete(objects: [JSONValue]) {
        #expect(throws: OpaqueTokensUnavailable.self) {
            try table(objects, isComplete: false).find(hashName: "sha256~t")
        }
    }

    @Test func trustsNoTokenWithoutABeginning() throws {
        var token = Self.token
        token["metadata"] = ["name": "sha256~t", "creationTimestamp": "yesterday"]
        #expect(try table([token, Self.user]).find(hashName: "sha256~t")?.expiresAt == 0)
        token["metadata"] = Self.token["metadata"]
        token["expiresIn"] = .integer(.max)
        #expect(try table([token, Self.user]).find(hashName: "sha256~t")?.expiresAt == 0)
        token["expiresIn"] = 0
        #expect(try table([token, Self.user]).find(hashName: "sha256~t")?.expiresAt == nil)
    }

    // MARK: On disk

    @Test func isTheSameAfterEncoding() throws {
        let copy = try JSONDecoder().decode(OpaqueTokenTable.self, from: JSONEncoder().encode(table()))
        #expect(try copy.find(hashName: "sha256~t") == table().find(hashName: "sha256~t"))
        // Tokens may have been issued since.
        #expect(!copy.isComplete)
    }

    @Test func startsEmptyFromADamagedFile() throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let path = folder.file("opaque-tokens.json")
        let lines = Lines()
        let logger = Logger(label: "test") { _ in lines }
        #expect(!OpaqueTokenFile(path: path).load(logger: logger).isComplete)
        #expect(lines.count.load(ordering: .relaxed) == 0)
        try Data("half".utf8).write(to: URL(filePath: path))
        #expect(!OpaqueTokenFile(path: path).load(logger: logger).isComplete)
        #expect(lines.count.load(ordering: .relaxed) == 1)
    }
}
