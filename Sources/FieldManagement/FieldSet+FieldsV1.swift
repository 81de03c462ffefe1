package import JSON

extension FieldSet {
    /// As `fieldsV1` of `metadata.managedFields` has it.
    package var fieldsV1: JSONValue {
        .object(
            JSONObject(
                elements.map { element in
                    var members = below(element).fieldsV1
                    // A member without anything below it is an empty object; the dot tells a member from a mere way.
                    if contains(element), members != [:] { members["."] = [:] }
                    return (element.text, members)
                }
            )
        )
    }

    /// nil for what is no such record.
    package init?(fieldsV1 value: JSONValue) {
        guard let object = value.objectValue else { return nil }
        self.init()
        for (name, members) in object where name != "." {
            guard let element = PathElement(name), var below = members.objectValue else { return nil }
            let isMember = below.isEmpty || below["."] != nil
            below["."] = nil
            guard let set = FieldSet(fieldsV1: .object(below)) else { return nil }
            if isMember { insert(element) }
            insert(set, below: element)
        }
    }
}
