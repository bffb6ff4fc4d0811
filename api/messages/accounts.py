"""Accounts, sign-ins, second factors, clients and their addresses."""

MESSAGES: dict[str, tuple[str, str, str, str]] = {
    "account.above": (
        "超出本人权限", "该角色或账号的权限超出您本人的权限，不能由您授予或管理。",
        "Above your own rights", "This role or account holds more than you do; you can neither give nor administer it.",
    ),
    "account.active": (
        "账号未停用", "账号正在使用中，无需恢复。",
        "Account is active", "The account is not suspended.",
    ),
    "account.exists": (
        "已有账号", "这位工作人员已经有账号了。",
        "Account exists", "This member of staff has an account already.",
    ),
    "account.first_only": (
        "只能开设首位管理员", "平台管理员只能为机构开设首位管理员的账号，其余账号由机构自行管理。",
        "First administrators only", "The platform opens an agency's first administrator; the agency opens the others.",
    ),
    "account.has_administrator": (
        "机构已有管理员", "该机构已有在用的管理员，请由其开设账号。",
        "Agency has an administrator", "The agency has an active administrator, who opens its accounts.",
    ),
    "account.locked_out": (
        "暂时锁定", "尝试次数过多，请在{retry_after}秒后再试。",
        "Locked out", "Too many attempts; try again in {retry_after} seconds.",
    ),
    "account.login_malformed": (
        "登录名有误", "登录名为3到32个字符，以小写字母开头，可用小写字母、数字和 . _ -。",
        "Malformed login name", "A login name has 3 to 32 characters of a-z 0-9 . _ - and begins with a letter.",
    ),
    "account.login_taken": (
        "登录名已被使用", "这个登录名已被使用，请换一个。",
        "Login name taken", "This login name is taken.",
    ),
    "account.none": (
        "没有账号", "您没有登录账号，请联系本机构的管理员。",
        "No account", "You have no account; ask your agency's administrator.",
    ),
    "account.oneself": (
        "不能管理自己", "不能停用、重置或更改自己的账号，请由另一位管理员办理。",
        "Not your own", "You cannot suspend, reset or change the roles of your own account.",
    ),
    "account.other_agency": (
        "其他机构", "只能管理本机构的账号和接入方。",
        "Another agency", "You administer your own agency only.",
    ),
    "account.password_wrong": (
        "密码不对", "当前密码不对。",
        "Wrong password", "The current password is wrong.",
    ),
    "account.role_held": (
        "已有该角色", "账号已经有这个角色了。",
        "Role already held", "The account holds this role already.",
    ),
    "account.role_not_held": (
        "没有该角色", "账号没有这个角色。",
        "Role not held", "The account does not hold this role.",
    ),
    "account.role_unfit": (
        "角色不适用", "该类机构可用的角色：{known}。",
        "Role does not fit", "Roles of this type of agency: {known}.",
    ),
    "account.sign_in_failed": (
        "登录失败", "登录名或密码不对，或账号不可用。",
        "Sign-in failed", "Login name or password is wrong, or the account cannot be used.",
    ),
    "account.suspended": (
        "账号已停用", "账号已经停用。",
        "Account is suspended", "The account is suspended already.",
    ),
    "client.app_has_no_roles": (
        "应用没有角色", "应用按登录者的角色行事，自身不设角色。",
        "Apps have no roles", "Through an app its users act with their own roles; it has none.",
    ),
    "client.ended": (
        "接入方已停用", "接入方已经停用。",
        "Client has ended", "The client was switched off.",
    ),
    "client.one_secret": (
        "只有一个密钥", "接入方只有一个密钥，没有可停用的旧密钥。",
        "One secret only", "The client holds one secret; there is no older one to retire.",
    ),
    "client.origin_malformed": (
        "网页来源有误", "网页来源应写作 https://主机名，不带路径，不用通配符。",
        "Malformed web origin", "A web origin is written https://host, without a path or wildcard.",
    ),
    "client.public": (
        "应用不用密钥", "这个应用在浏览器或手机上运行，不保存密钥。",
        "Public app", "This app runs in browsers or on phones and keeps no secret.",
    ),
    "client.redirect_insecure": (
        "地址不安全", "除本机地址外，必须使用 https。",
        "Insecure address", "Only https, or http on the own machine, is allowed.",
    ),
    "client.redirect_malformed": (
        "返回地址有误", "返回地址应为完整的 https 地址，或应用自有的地址；不带#、用户名和通配符。",
        "Malformed redirect address", "A redirect address is a whole https one or an app's own scheme, without # or *.",
    ),
    "client.redirect_needed": (
        "缺少返回地址", "应用至少要有一个返回地址。",
        "Redirect address needed", "An app has at least one redirect address.",
    ),
    "client.redirect_of_app": (
        "系统没有返回地址", "只有应用才有返回地址。",
        "Apps only", "Only apps have redirect addresses.",
    ),
    "oauth.invalid_grant": (
        "授权无效", "授权码或刷新凭证无效、已过期或已用过，请重新登录。",
        "Grant not valid", "The code or refresh token is not valid, has expired or was used before; sign in again.",
    ),
    "password.common": (
        "密码太常见", "密码容易被猜到：请不要用常见的词、年份、登录名、连续或重复的字符。",
        "Password is common", "This password is soon guessed: avoid common words, years, the login name, runs.",
    ),
    "password.differs": (
        "两次输入不同", "两次输入的密码不一样。",
        "Passwords differ", "The two passwords are not the same.",
    ),
    "password.same": (
        "密码未变", "新密码不能与原来的相同。",
        "Same password", "The new password must not be the old one.",
    ),
    "password.too_long": (
        "密码过长", "密码最多{most}个字符。",
        "Password too long", "A password has at most {most} characters.",
    ),
    "password.too_short": (
        "密码过短", "密码至少{least}个字符，或至少{han}个汉字。",
        "Password too short", "A password has at least {least} characters, or {han} Chinese ones.",
    ),
    "second_factor.code_malformed": (
        "验证码有误", "验证码是6位数字。",
        "Malformed code", "A code has six digits.",
    ),
    "second_factor.enrolled": (
        "已启用两步验证", "两步验证已经启用。",
        "Second factor enrolled", "The second factor is in use already.",
    ),
    "second_factor.none": (
        "未启用两步验证", "没有启用两步验证。",
        "No second factor", "There is no second factor.",
    ),
    "second_factor.not_offered": (
        "尚未开始", "请先获取两步验证的密钥。",
        "Not begun", "Enrol first.",
    ),
    "second_factor.wrong": (
        "验证码不对", "验证码不对，或已经用过，请等下一个。",
        "Wrong code", "The code is wrong or was used before; wait for the next one.",
    ),
    "sign_in.outdated": (
        "登录已中断", "账号在登录过程中有变动，请重新登录。",
        "Sign-in outdated", "The account changed during the sign-in; begin again.",
    ),
}  # fmt: skip
