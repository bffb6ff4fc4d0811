// The access token lives in this tab alone: session storage ends with it, and no cookie carries it anywhere.
const KEY = "shouwang.token";

export const readToken = () => sessionStorage.getItem(KEY) ?? "";

// Keeps a pasted token, with or without "Bearer" in front; an empty one forgets. Returns what is kept.
export function keepToken(pasted) {
  const token = pasted.trim().replace(/^Bearer\s+/i, "");
  if (token) sessionStorage.setItem(KEY, token);
  else sessionStorage.removeItem(KEY);
  return token;
}
