package struct ResourceDefinition: Sendable { package var group = "", version = "", kind = "", plural = "" }
