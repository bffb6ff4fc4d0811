"""GraphQL documents and requests."""

MESSAGES: dict[str, tuple[str, str, str, str]] = {
    "client_document.invalid": (
        "查询文档有误", "第{line}行第{column}列：{reason}",
        "Invalid document", "Line {line}, column {column}: {reason}",
    ),
    "client_document.registered": (
        "文档已登记", "该接入方已登记过这份文档。",
        "Document registered", "This text is registered with the client already.",
    ),
    "client_document.sha256_malformed": (
        "摘要有误", "请填写文档的SHA-256：64位小写十六进制数字。",
        "Malformed digest", "A SHA-256 is written in 64 hexadecimal digits, in small letters.",
    ),
    "client_document.too_many": (
        "文档过多", "一个接入方最多登记{most}份文档。",
        "Too many documents", "A client has at most {most} registered documents.",
    ),
    "client_document.unknown": (
        "没有这份文档", "该接入方没有登记这份文档。",
        "No such document", "No such document is registered with this client.",
    ),
    "graphql.digest_differs": (
        "摘要不符", "sha256Hash 与所附文档不符。",
        "Digest differs", "sha256Hash is not the SHA-256 of the document that came with it.",
    ),
    "graphql.document_unknown": (
        "文档未登记", "该接入方没有登记这一摘要的文档，请随请求附上文档全文。",
        "Unknown document", "No document of this digest is registered with your client; send its text.",
    ),
    "graphql.introspection_closed": (
        "结构查询未开放", "本平台不对外开放 GraphQL 结构查询。",
        "Introspection closed", "Introspection is not open to you; the schema is published with the documentation.",
    ),
    "graphql.introspection_failed": (
        "结构查询有误", "GraphQL 结构查询没有成功。",
        "Introspection failed", "The introspection query could not be answered.",
    ),
    "graphql.invalid": (
        "GraphQL 文档有误", "GraphQL 文档不符合接口的结构。",
        "Invalid GraphQL", "The document does not fit the schema.",
    ),
    "graphql.one_mutation": (
        "一次只办一件", "一个 GraphQL 文档只能包含一项修改。",
        "One mutation only", "A document may hold one mutation.",
    ),
    "graphql.operation_unknown": (
        "没有这项操作", "文档中没有 operationName 所指的操作，或没有指明执行哪一项。",
        "Unknown operation", "operationName names no operation of the document, or is needed and missing.",
    ),
    "graphql.request_malformed": (
        "GraphQL 请求有误", "GraphQL 请求的格式不正确。",
        "Bad GraphQL request", "The GraphQL request is malformed.",
    ),
    "graphql.too_complex": (
        "查询过于复杂", "查询过于复杂，请分成几次查询。",
        "Query too complex", "The document is too complex; split it.",
    ),
    "graphql.unregistered": (
        "文档未登记", "该接入方只能使用已登记的查询文档。",
        "Document not registered", "This client may ask registered documents only.",
    ),
    "graphql.characters": (
        "查询过于复杂", "文档超过{most}个字符。",
        "Query too complex", "The document is longer than {most} characters.",
    ),
    "graphql.cost": (
        "查询过于复杂", "可能返回的对象超过{most}个。",
        "Query too complex", "More than {most} objects could be returned.",
    ),
    "graphql.depth": (
        "查询过于复杂", "嵌套超过{most}层。",
        "Query too complex", "Nested deeper than {most} levels.",
    ),
    "graphql.fields": (
        "查询过于复杂", "字段超过{most}个。",
        "Query too complex", "More than {most} fields.",
    ),
    "graphql.fragment_cycle": (
        "查询过于复杂", "片段互相引用成环。",
        "Query too complex", "Fragments refer to each other in a circle.",
    ),
    "graphql.introspections": (
        "查询过于复杂", "列出全部类型超过{most}次。",
        "Query too complex", "All types are listed more than {most} times.",
    ),
    "graphql.members": (
        "查询过于复杂", "一个参数值的成员超过{most}个。",
        "Query too complex", "A value has more than {most} members.",
    ),
    "graphql.name": (
        "查询过于复杂", "名称超过{most}个字节。",
        "Query too complex", "A name is longer than {most} bytes.",
    ),
    "graphql.operations": (
        "查询过于复杂", "操作超过{most}项。",
        "Query too complex", "More than {most} operations.",
    ),
    "graphql.roots": (
        "查询过于复杂", "顶层字段超过{most}个。",
        "Query too complex", "More than {most} root fields.",
    ),
    "graphql.same_name": (
        "查询过于复杂", "同一名称重复超过{most}次。",
        "Query too complex", "The same response name more than {most} times.",
    ),
    "graphql.tokens": (
        "查询过于复杂", "文档超过{most}个词元。",
        "Query too complex", "More than {most} tokens.",
    ),
}  # fmt: skip
