import JSON
import Testing

@testable import API

struct NodeStatusColumnTests {
    static let cases: [(ready: String?, isUnwanted: Bool, text: String)] = [
        ("True", false, "Ready"), ("False", false, "NotReady"), ("Unknown", false, "NotReady"), (nil, false, "Unknown"),
        ("True", true, "Ready,SchedulingDisabled"), ("Unknown", true, "NotReady,SchedulingDisabled"),
        (nil, true, "Unknown,SchedulingDisabled"),
    ]

    @Test(arguments: cases)
    func shows(_ ready: String?, _ isUnwanted: Bool, _ text: String) {
        var node: JSONValue = ["spec": ["unschedulable": .bool(isUnwanted)]]
        if let ready {
            node["status"] = [
                "conditions": [["type": "Other", "status": "True"], ["type": "Ready", "status": .string(ready)]]
            ]
        }
        #expect(NodeStatusColumn.text(of: node) == text)
    }
}
