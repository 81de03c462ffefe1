import JSON
import Testing

@testable import Schema

/// Every structural constraint of every field: accepted, refused, and three times on an update of an invalid stored value.
struct AuthenticationFieldsTests {
    @Test(arguments: AuthenticationFields.spec.flatMap(\.rows)) func spec(_ row: TableRow) throws { try judge(row) }
    @Test(arguments: AuthenticationFields.issuer.flatMap(\.rows)) func issuer(_ row: TableRow) throws { try judge(row) }
    @Test(arguments: AuthenticationFields.mappings.flatMap(\.rows)) func mappings(_ row: TableRow) throws { try judge(row) }
    @Test(arguments: AuthenticationFields.rules.flatMap(\.rows)) func rules(_ row: TableRow) throws { try judge(row) }
    @Test(arguments: AuthenticationFields.clients.flatMap(\.rows)) func clients(_ row: TableRow) throws { try judge(row) }
    @Test(arguments: AuthenticationFields.sources.flatMap(\.rows)) func sources(_ row: TableRow) throws { try judge(row) }
    @Test(arguments: AuthenticationFields.states.flatMap(\.rows)) func states(_ row: TableRow) throws { try judge(row) }
}
