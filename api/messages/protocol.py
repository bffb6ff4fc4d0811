"""The transports: JSON, HTTP, versions, idempotency, the service itself."""

MESSAGES: dict[str, tuple[str, str, str, str]] = {
    "event.not_sealed": (
        "尚未封存", "这条记录刚刚产生，几秒钟后即可出具证明。",
        "Not sealed yet", "The event has just been written; it is sealed within seconds. Try again.",
    ),
    "http.bad_request": (
        "请求有误", "请求的格式不正确。",
        "Bad request", "The request is malformed.",
    ),
    "http.body_too_large": (
        "内容过大", "提交的内容超过{limit}字节的上限。",
        "Body too large", "The body is larger than {limit} bytes.",
    ),
    "http.error": (
        "请求失败", "请求没有成功。",
        "Request failed", "The request did not succeed.",
    ),
    "http.media_type": (
        "内容类型不支持", "这里不接受这种格式的内容。",
        "Unsupported media type", "Content of this type is not accepted here.",
    ),
    "http.method_not_allowed": (
        "方法不允许", "这个地址不支持该操作方式。",
        "Method not allowed", "This address does not answer that method.",
    ),
    "http.not_acceptable": (
        "无法提供该格式", "这里不提供所要求的格式。",
        "Not acceptable", "No representation of the wanted type is available.",
    ),
    "http.not_found": (
        "地址不存在", "没有这个地址，请核对。",
        "No such address", "There is nothing at this address.",
    ),
    "http.timeout": (
        "处理超时", "处理时间过长，已停止，请稍后再试。",
        "Timed out", "The request took too long and was stopped.",
    ),
    "idempotency.in_flight": (
        "正在处理", "相同编号的请求正在处理，请稍后查询结果。",
        "In flight", "A request with this Idempotency-Key is still being worked on.",
    ),
    "idempotency.key": (
        "幂等编号有误", "Idempotency-Key 应为1到200个可见的英文字符。",
        "Bad idempotency key", "Idempotency-Key takes 1 to 200 visible ASCII characters.",
    ),
    "idempotency.mismatch": (
        "幂等编号重复", "这个 Idempotency-Key 已用于另一项内容不同的请求，请换一个编号。",
        "Idempotency key reused", "This Idempotency-Key was used for a different request.",
    ),
    "internal": (
        "系统错误", "系统出错，请把请求编号告知管理员。",
        "Internal error", "Something went wrong on our side; please report the request id.",
    ),
    "json.byte_order_mark": (
        "内容格式有误", "JSON 开头不能有字节顺序标记（BOM）。",
        "Bad JSON", "JSON must not start with a byte order mark.",
    ),
    "json.lone_surrogate": (
        "内容格式有误", "文字中有不成对的代理字符。",
        "Bad JSON", "A text holds half of a surrogate pair.",
    ),
    "json.malformed": (
        "内容格式有误", "提交的内容不是正确的 JSON。",
        "Bad JSON", "The body is not valid JSON.",
    ),
    "json.not_a_number": (
        "内容格式有误", "JSON 中不能有 NaN 或 Infinity。",
        "Bad JSON", "NaN and Infinity are not JSON.",
    ),
    "json.not_utf8": (
        "内容格式有误", "JSON 必须使用 UTF-8 编码。",
        "Bad JSON", "JSON must be UTF-8.",
    ),
    "json.nul": (
        "内容格式有误", "文字中不能有空字符（NUL）。",
        "Bad JSON", "A text must not hold NUL.",
    ),
    "json.number_too_large": (
        "内容格式有误", "数字超出范围。",
        "Bad JSON", "A number is out of range (64-bit integers).",
    ),
    "json.repeated_key": (
        "内容格式有误", "同一个名称出现了两次。",
        "Bad JSON", "An object names the same member twice.",
    ),
    "json.too_deep": (
        "内容格式有误", "JSON 嵌套超过32层。",
        "Bad JSON", "JSON is nested deeper than 32 levels.",
    ),
    "json.not_object": (
        "内容格式有误", "提交的内容应为一个 JSON 对象。",
        "Not an object", "The body must be a JSON object.",
    ),
    "media_type.not_a_file_form": (
        "内容类型不支持", "请以 multipart/form-data 表单上传附件：文件放在 file 一项。",
        "Unsupported media type", "Upload the file as multipart/form-data, in the part named file.",
    ),
    "media_type.not_a_form": (
        "内容类型不支持", "请以 multipart/form-data 表单上传名册：文件放在 file 一项，mode 填 validate 或 apply。",
        "Unsupported media type", "Upload the roster as multipart/form-data: file, and mode: validate or apply.",
    ),
    "media_type.unsupported": (
        "内容类型不支持", "请以 application/json（UTF-8，不压缩）提交。",
        "Unsupported media type", "Send application/json in UTF-8, not compressed.",
    ),
    "not_found": (
        "没有找到", "没有找到，或者不在您的管辖范围内。",
        "Not found", "There is no such record within your reach.",
    ),
    "page_token.invalid": (
        "翻页标记无效", "翻页标记无效或已不适用于当前的筛选条件，请从第一页重新查询。",
        "Bad page token", "The page token is not valid for this list; start from the first page.",
    ),
    "page_token.stale": (
        "翻页标记已失效", "筛选或排序条件已改变，请从第一页重新查询。",
        "Page token of another list", "The page token belongs to other filters or another order; start again.",
    ),
    "query.malformed": (
        "查询有误", "查询参数的格式不正确或过多。",
        "Bad query string", "The query string is malformed or has too many parameters.",
    ),
    "service.overloaded": (
        "系统繁忙", "系统繁忙，请在{retry_after}秒后再试。",
        "Overloaded", "Too many requests at once; try again in {retry_after} seconds.",
    ),
    "service.unavailable": (
        "暂时不可用", "系统暂时不可用，请稍后再试。",
        "Unavailable", "The service is not available just now; try again later.",
    ),
    "state.busy": (
        "正在被使用", "其他人正在办理同一记录，请稍后再试。",
        "Busy", "Somebody else is working on the same record; try again.",
    ),
    "state.conflict": (
        "状态冲突", "当前状态下不能这样办理，请刷新后再试。",
        "Conflict", "The present state does not allow this.",
    ),
    "version.malformed": (
        "版本标记无效", "If-Match 的内容无效，请使用读取时得到的 ETag。",
        "Bad If-Match", "If-Match must hold the ETag that was read.",
    ),
    "version.required": (
        "缺少版本标记", "请先读取最新内容，并在 If-Match 中带上它的 ETag。",
        "If-Match needed", "An update must carry If-Match with the ETag that was read.",
    ),
    "version.stale": (
        "内容已被修改", "其他人刚刚修改过，请刷新后重新填写。",
        "Changed meanwhile", "Somebody changed it since you read it; read it again.",
    ),
    "operation.ended": (
        "任务已结束", "任务已经结束，不能再取消。",
        "Operation ended", "The operation has ended and cannot be cancelled.",
    ),
}  # fmt: skip
