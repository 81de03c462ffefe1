-- wrk's requests: one of many tokens after the other, by GET with a header or in a TokenReview. Arguments: file, path, "get" or "review".
local requests = {}
local last = 0

function init(arguments)
    local file, path, kind = arguments[1], arguments[2], arguments[3]
    for token in io.lines(file) do
        if kind == "review" then
            local body = '{"apiVersion":"authentication.k8s.io/v1","kind":"TokenReview","spec":{"token":"' .. token .. '"}}'
            requests[#requests + 1] = "POST " .. path .. " HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
                .. "Content-Length: " .. #body .. "\r\n\r\n" .. body
        else
            requests[#requests + 1] = "GET " .. path .. " HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer " .. token .. "\r\n\r\n"
        end
    end
end

function request()
    last = last % #requests + 1
    return requests[last]
end
