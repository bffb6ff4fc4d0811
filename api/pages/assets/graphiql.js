// GraphiQL over /graphql, with the tab's access token. Nothing outlives the tab: a query's variables may name a person.
import { keepToken, readToken } from "./token.js";

const DEFAULT_QUERY = `# 先在上方粘贴访问令牌，再按 Ctrl-Enter 运行。
# Paste an access token above, then press Ctrl-Enter.
query Me {
  me {
    sub
    roles
    region
    permissions
  }
}
`;

const field = document.getElementById("token");
const state = document.getElementById("token-state");
const root = ReactDOM.createRoot(document.getElementById("graphiql"));

const askWith = (token) => async (asked, options) => {
  const answer = await fetch("graphql", {
    method: "POST",
    credentials: "omit",
    headers: {
      Accept: "application/graphql-response+json, application/json;q=0.9",
      "Content-Type": "application/json",
      ...(token && { Authorization: `Bearer ${token}` }),
      ...options?.headers, // the header editor has the last word
    },
    body: JSON.stringify(asked),
  });
  return answer.json(); // a refusal is a problem document: shown as it is
};

// A new token is a new fetcher: GraphiQL then asks for the schema again, which may be another one.
function show(token) {
  state.textContent = token ? "已填令牌" : "未填令牌";
  state.dataset.filled = Boolean(token);
  root.render(
    React.createElement(GraphiQL, {
      fetcher: askWith(token),
      defaultQuery: DEFAULT_QUERY,
      defaultEditorToolsVisibility: "variables",
      storage: sessionStorage,
    }),
  );
}

document.getElementById("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  field.value = keepToken(field.value);
  show(field.value);
});
document.getElementById("forget").addEventListener("click", () => {
  field.value = keepToken("");
  show("");
});
field.value = readToken();
show(field.value);
