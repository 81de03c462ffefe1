import Snapshot
import Testing

struct HexDigestTests {
    @Test(
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            // Zeros are digits, at the beginning too.
            ("39", "0b918943df0962bc7a1824c0555a389347b4febdc7cf9d1254406d80ce44e3f9"),
        ]
    )
    func writesEveryDigit(_ text: String, _ digest: String) {
        #expect(HexDigest.sha256(of: text.utf8) == digest)
        #expect(HexDigest.prefixedSHA256(of: text.utf8) == "sha256:" + digest)
    }
}
