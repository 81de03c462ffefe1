/// One column of `get`'s table, as a resource definition writes it in `additionalPrinterColumns`.
package struct PrinterColumn: Codable, Hashable, Sendable {
    package var name: String
    /// `string`, `integer`, `number`, `boolean` or `date`.
    package var type: String
    package var jsonPath: String
    package var format: String?
    package var description: String?
    /// 0 or absent: always shown; greater: only with `-o wide`.
    package var priority: Int?

    package var isWide: Bool { (priority ?? 0) > 0 }
}
