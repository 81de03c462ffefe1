import Logging
import ServiceLifecycle

struct ListenAddress: Sendable { let host: String; let port: Int; init?(_ t: String) { return nil } }
struct AddressList: Sendable { init?(_ t: String) { return nil } }
struct WorkerListener: Service {
    init(
        state: LiveState,
        address: ListenAddress,
        tlsFolder: String,
        forwardAuthFrom: AddressList,
        drain: Duration,
        logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void,
        onUnknownKey: @escaping @Sendable (String) -> Void
    ) throws {}
    func run() async throws {}
}
