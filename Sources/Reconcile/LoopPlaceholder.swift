package import Authenticator
package import Logging
package import Schema
import ServiceLifecycle
package import Store
package struct ReconcileLoop: Service {
    package init(store: any ObjectStore, catalog: ResourceCatalog, providers: any ProviderSource, logger: Logger) {}
    package var isOAuthServerWanted: Bool { true }
    package func run() async throws {}
}
