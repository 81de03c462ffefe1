import Foundation
import JSON
import Snapshot
import Testing

@testable import Worker

struct LastGoodFileTests {
    private func snapshot(_ revision: Int64, keys: String = "{}") -> WorkerSnapshot {
        let issuer = Issuer(
            name: "idp",
            issuerURL: "https://idp.example",
            audiences: ["a"],
            certificateAuthority: "-----BEGIN CERTIFICATE-----\n…",
            claimMappings: ClaimMappings(
                username: .claim("sub", prefix: "é"),
                extra: [.init(key: "a.b/c", valueExpression: "'x'")]
            ),
            claimValidationRules: [.requiredClaim(claim: "hd", requiredValue: ""), .cel(expression: "true", message: "m")],
            seed: KeySeed(jwks: keys, fetchedAt: 7)
        )
        return WorkerSnapshot(revision: revision, mode: .oidc, issuers: [issuer], oauthMetadata: "{}")
    }

    @Test func givesBackWhatWasSaved() throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let path = folder.file("last-good.json")
        #expect(try LastGoodFile(path: path).load() == nil)
        try LastGoodFile(path: path).save(.init(snapshot: snapshot(3)))
        #expect(try LastGoodFile(path: path).load()?.snapshot == snapshot(3))
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func refreshesKeysOfTheRevisionItHoldsOnly() throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let file = LastGoodFile(path: folder.file("last-good.json"))
        try file.save(.init(snapshot: snapshot(3)))
        try file.saveKeys(of: snapshot(3, keys: "new"))
        #expect(try file.load()?.snapshot == snapshot(3, keys: "new"))
        try file.saveKeys(of: snapshot(2, keys: "late"))
        #expect(try file.load()?.snapshot == snapshot(3, keys: "new"))
    }

    static let damages: [(String, @Sendable ([UInt8]) -> [UInt8])] = [
        ("empty", { _ in [] }), ("half", { Array($0.prefix($0.count / 2)) }), ("not JSON", { _ in Array("hello".utf8) }),
        ("another object", { _ in Array("{}".utf8) }),
        ("no snapshot in it", { _ in Array(#"{"digest":"x","snapshot":{}}"#.utf8) }),
        (
            "one letter changed",
            { Array(String(decoding: $0, as: UTF8.self).replacing("idp.example", with: "idq.example").utf8) }
        ),
    ]

    @Test(arguments: damages.indices)
    func isNotUsedWhenDamaged(index: Int) throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let path = folder.file("last-good.json")
        try LastGoodFile(path: path).save(.init(snapshot: snapshot(3)))
        let (name, damage) = Self.damages[index]
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        try Data(damage(bytes)).write(to: URL(filePath: path))
        #expect(throws: LastGoodFile.Problem.self, "\(name)") { try LastGoodFile(path: path).load() }
    }
}
