import HTTPTypes
package import Hummingbird
import NIOCore

extension RouterMethods where Context == WebContext {
    /// Adds `/livez` (the process answers), `/readyz` and `/healthz` (all checks).
    package func addHealthRoutes(_ checks: [HealthCheck]) {
        for (path, checks) in [("livez", []), ("readyz", checks), ("healthz", checks)] {
            get(RouterPath(path)) { request, _ in
                let verbose = request.uri.queryParameters["verbose"] != nil
                return await HealthReport.make(checks, path: path, verbose: verbose).response
            }
        }
    }
}

extension HealthReport {
    var response: Response {
        Response(
            status: isHealthy ? .ok : .internalServerError,
            headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-cache, no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
    }
}
