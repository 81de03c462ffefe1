/// Several things that went wrong, each of them told.
struct Failures: Error {
    let all: [any Error]

    init(_ all: [any Error]) { self.all = all }
}
