import Foundation
import GRDB

extension ObjectRows {
    /// Rewrites every row that another key than the current one sealed.
    func sealAgain() throws -> Int {
        let objects = try sealAgain("objects", version: "version", keyID: "key_id", body: "body")
        let changes = try sealAgain("changes", version: "version", keyID: "key_id", body: "body")
        let previous = try sealAgain("changes", version: "previous_version", keyID: "previous_key_id", body: "previous_body")
        return objects + changes + previous
    }

    private func sealAgain(_ table: String, version: String, keyID: String, body: String) throws -> Int {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT rowid AS row, api_group, plural, namespace, name, \(version) AS v, \(keyID) AS k, \(body) AS b
                FROM \(table) WHERE \(keyID) IS NOT NULL AND \(keyID) <> ?
                """,
            arguments: [cipher.current.id]
        )
        for row in rows {
            let id = try id(row)
            let number: Int64 = row["v"]
            let old = SealedBody(bytes: row["b"], keyID: row["k"])
            let new = try cipher.seal(cipher.open(old, id: id, version: number), id: id, version: number)
            let rowID: Int64 = row["row"]
            try db.execute(
                sql: "UPDATE \(table) SET \(keyID) = ?, \(body) = ? WHERE rowid = ?",
                arguments: [new.keyID, new.bytes, rowID]
            )
        }
        return rows.count
    }
}
