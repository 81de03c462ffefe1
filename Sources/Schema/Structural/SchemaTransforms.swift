import JSON

// The three ways in which an object is brought into its stored form, in this order: drop nulls, fill in defaults, prune.

extension StructuralSchema {
    /// Removes members whose value is null where null is not a value: a person who writes null means "not set".
    ///
    /// Also removes empty strings where the schema says that empty means omitted.
    func droppingNulls(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let object):
            var result = JSONObject()
            for (name, member) in object {
                guard let schema = self.member(name) else {
                    result[name] = member
                    continue
                }
                // Under a key of a map, null becomes the default, if there is one: nothing else would bring it back.
                if member.isNull, !schema.isNullable, schema.defaultValue == nil || properties[name] != nil { continue }
                if schema.emptyIsOmitted, member == .string("") { continue }
                result[name] = schema.droppingNulls(member)
            }
            return .object(result)
        case .array(let values):
            guard let items else { return value }
            return .array(values.map(items.droppingNulls))
        default:
            return value
        }
    }

    /// Fills in what is missing, or null where null is not a value, and has a default. Doing it twice changes nothing.
    func applyingDefaults(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(var object):
            for (name, schema) in properties where object[name] == nil {
                object[name] = schema.defaultValue
            }
            for (name, member) in object {
                guard let schema = self.member(name) else { continue }
                object[name] = schema.applyingDefaults(schema.replacingNull(member))
            }
            return .object(object)
        case .array(let values):
            guard let items else { return value }
            return .array(values.map { items.applyingDefaults(items.replacingNull($0)) })
        default:
            return value
        }
    }

    private func replacingNull(_ value: JSONValue) -> JSONValue {
        value.isNull && !isNullable ? defaultValue ?? value : value
    }

    /// Removes what the schema does not know and says where it was.
    func pruning(_ value: JSONValue, at path: FieldPath, unknown: inout [FieldPath]) -> JSONValue {
        switch value {
        case .object(let object):
            var result = JSONObject()
            for (name, member) in object {
                if let schema = self.member(name) {
                    result[name] = schema.pruning(member, at: self.path(to: name, from: path), unknown: &unknown)
                } else if preservesUnknownFields {
                    result[name] = member
                } else {
                    unknown.append(path[name])
                }
            }
            return .object(result)
        case .array(let values):
            guard let items else { return value }
            return .array(values.enumerated().map { items.pruning($1, at: path[$0], unknown: &unknown) })
        default:
            return value
        }
    }
}
