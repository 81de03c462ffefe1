import JSON
import Schema

extension Kubeconfig {
    /// Reads the YAML or JSON of one file.
    package static func parse(_ bytes: [UInt8], source: String) throws(InvalidKubeconfig) -> Kubeconfig {
        let documents: [Manifest]
        do {
            documents = try ManifestReader.read(bytes, source: source)
        } catch {
            throw InvalidKubeconfig("the kubeconfig cannot be read: \(error.description)")
        }
        guard let document = documents.first?.value else { return Kubeconfig() }
        guard documents.count == 1, document.objectValue != nil else {
            throw InvalidKubeconfig("\(source) is not a kubeconfig: it is not one map")
        }
        if let kind = document["kind"]?.stringValue, kind != "Config" {
            throw InvalidKubeconfig("\(source) is not a kubeconfig: its kind is \(kind), not Config")
        }
        return Kubeconfig(document)
    }
}
