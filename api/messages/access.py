"""Tokens, clients, permissions, limits."""

MESSAGES: dict[str, tuple[str, str, str, str]] = {
    "access.forbidden": (
        "没有权限", "您的岗位没有办理这项业务的权限，请联系本单位管理员。",
        "Not allowed", "Your role does not include this act.",
    ),
    "client.origin": (
        "来源不被允许", "这个网页地址没有登记，不能从这里调用。",
        "Origin not allowed", "Calls from this web origin are not allowed.",
    ),
    "field.withheld": (
        "字段不可用", "您没有查看“{field}”的权限，不能按它筛选、排序或统计。",
        "Field withheld", "You may not see {field}, so you cannot filter, sort or count by it.",
    ),
    "oauth.invalid_client": (
        "客户端认证失败", "客户端编号或密钥不正确。",
        "Client authentication failed", "The client is unknown or its secret or assertion is not valid.",
    ),
    "oauth.invalid_request": (
        "请求不完整", "令牌请求缺少参数、参数重复，或同时使用了两种认证方式。",
        "Bad token request",
        "A parameter is missing or repeated, or two ways of client authentication were used at once.",
    ),
    "oauth.invalid_scope": (
        "权限范围无效", "申请的权限超出了该客户端可用的范围。",
        "Bad scope", "The requested scope is unknown or more than this client may ask for.",
    ),
    "oauth.locked_out": (
        "尝试次数过多", "认证失败次数过多，请在{retry_after}秒后再试。",
        "Locked out", "Too many failed attempts; try again in {retry_after} seconds.",
    ),
    "oauth.unauthorized_client": (
        "客户端不可用", "该客户端不能进行这项操作，请联系平台管理员。",
        "Client not authorised", "This client may not do this.",
    ),
    "oauth.unsupported_grant_type": (
        "授权方式不支持", "只支持 authorization_code、refresh_token、client_credentials 三种授权方式。",
        "Unsupported grant type", "authorization_code, refresh_token and client_credentials are supported.",
    ),
    "oauth.unsupported_token_type": (
        "令牌类型不支持", "只能处理访问令牌。",
        "Unsupported token type", "Only access tokens are issued here.",
    ),
    "rate.limited": (
        "请求过于频繁", "请求过于频繁，请在{retry_after}秒后再试。",
        "Too many requests", "Over the limit; try again in {retry_after} seconds.",
    ),
    "token.algorithm": (
        "登录凭证无效", "登录凭证的签名算法不被接受，请重新登录。",
        "Token not valid", "The token's algorithm is not accepted.",
    ),
    "token.audience": (
        "登录凭证无效", "登录凭证不是发给本平台的，请重新登录。",
        "Token not valid", "The token is meant for another service.",
    ),
    "token.claims": (
        "登录凭证无效", "登录凭证的内容不完整，请重新登录。",
        "Token not valid", "A claim is missing or of the wrong type.",
    ),
    "token.expired": (
        "登录已过期", "登录已过期，请重新登录。",
        "Token expired", "The token has expired.",
    ),
    "token.header": (
        "登录凭证无效", "登录凭证的格式不被接受，请重新登录。",
        "Token not valid", "The token's header holds a parameter that is not accepted.",
    ),
    "token.invalid": (
        "登录凭证无效", "登录凭证无效，请重新登录。",
        "Token not valid", "The token is not valid.",
    ),
    "token.issuer": (
        "登录凭证无效", "登录凭证不是本平台签发的，请重新登录。",
        "Token not valid", "The token was issued by somebody else.",
    ),
    "token.key_unknown": (
        "登录凭证无效", "登录凭证的签名密钥已停用，请重新登录。",
        "Token not valid", "The token's key is unknown or retired.",
    ),
    "token.lifetime": (
        "登录凭证无效", "登录凭证的有效期不正确，请重新登录。",
        "Token not valid", "The token lives longer than is allowed.",
    ),
    "token.malformed": (
        "登录凭证无效", "登录凭证看不懂，请重新登录。",
        "Token not valid", "This is not a token.",
    ),
    "token.missing": (
        "尚未登录", "请先登录。",
        "Not signed in", "A bearer token is needed.",
    ),
    "token.not_yet_valid": (
        "登录凭证无效", "登录凭证尚未生效，请检查系统时间。",
        "Token not valid", "The token is not valid yet; check the clocks.",
    ),
    "token.outdated": (
        "登录已失效", "您的单位或管辖区域已经变动，请重新登录。",
        "Token outdated", "The account's agency or region has changed since; ask for a new token.",
    ),
    "token.revoked": (
        "登录已失效", "登录已被注销或账号已停用，请重新登录。",
        "Token revoked", "The token was revoked or its account is no longer active.",
    ),
    "token.scheme": (
        "尚未登录", "登录凭证的传递方式不正确，应只用一个 Authorization: Bearer 请求头。",
        "Not signed in", "Exactly one Authorization header with the Bearer scheme is needed.",
    ),
    "token.signature": (
        "登录凭证无效", "登录凭证的签名不正确，请重新登录。",
        "Token not valid", "The token's signature does not verify.",
    ),
    "token.too_large": (
        "登录凭证无效", "登录凭证过长，请重新登录。",
        "Token not valid", "The token is longer than 8 KB.",
    ),
    "token.type": (
        "登录凭证无效", "这不是访问令牌，请重新登录。",
        "Token not valid", "This is not an access token.",
    ),
}  # fmt: skip
