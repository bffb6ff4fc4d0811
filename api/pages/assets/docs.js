// Swagger UI over openapi.json; its "Authorize", by sign-in or pasted token, shares the tab's token with GraphiQL.
import { keepToken, readToken } from "./token.js";

const isBearer = (scheme) => scheme.type === "http" && scheme.scheme === "bearer";

const rememberToken = () => ({
  statePlugins: {
    auth: {
      wrapActions: {
        authorize: (proceed) => (given) => {
          for (const one of Object.values(given)) {
            if (isBearer(one.schema.toJS())) one.value = keepToken(one.value ?? "");
          }
          return proceed(given);
        },
        authorizeOauth2: (proceed) => (given) => {
          keepToken(given.token.access_token ?? "");
          return proceed(given);
        },
        logout: (proceed) => (names) => {
          keepToken("");
          return proceed(names);
        },
      },
    },
  },
});

const ui = SwaggerUIBundle({
  url: "openapi.json",
  domNode: document.getElementById("swagger"),
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [rememberToken],
  layout: "BaseLayout",
  deepLinking: true,
  filter: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  oauth2RedirectUrl: new URL("docs/oauth2-redirect", location.href).href,
  onComplete() {
    const schemes = ui.specSelectors.specJson().toJS().components?.securitySchemes ?? {};
    for (const [name, scheme] of Object.entries(schemes)) {
      if (isBearer(scheme) && readToken()) ui.preauthorizeApiKey(name, readToken());
    }
  },
});
ui.initOAuth({ clientId: "console", usePkceWithAuthorizationCodeGrant: true });
