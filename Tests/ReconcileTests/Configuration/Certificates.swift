/// PEM texts for tests; nobody has the keys.
enum Certificates {
    /// DER of the right outer form; what is inside does not matter here.
    static let authority = """
        -----BEGIN CERTIFICATE-----
        MAQCAgIC
        -----END CERTIFICATE-----
        """
}
