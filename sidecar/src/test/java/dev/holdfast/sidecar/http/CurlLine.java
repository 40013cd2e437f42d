package dev.holdfast.sidecar.http;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;

/** A call as curl makes it, with the examples of its description. */
final class CurlLine {

    private CurlLine() {}

    /** @param parameters of path and query, each with an example */
    static String of(String server, String path, String method, JsonObject call, List<JsonObject> parameters) {
        String url = server + path;
        String query = "";
        for (JsonObject parameter : parameters) {
            String example = parameter.getString("example");
            String name = parameter.getString("name");
            if (parameter.getString("in").equals("path")) {
                url = url.replace("{" + name + "}", example);
            } else {
                query += (query.isEmpty() ? "?" : "&") + name + "=" + example;
            }
        }
        String options = call.getJsonObject("responses").encode().contains("text/event-stream") ? "-sN" : "-s";
        JsonObject example = body(call).getJsonObject("example");
        String data = example == null ? "" : " -d '" + example.encode() + "'";
        boolean toldByData = method.equals("post") && !data.isEmpty();
        return "curl " + options + call.getString("x-curl", "").replace("-", "")
                + (method.equals("get") || toldByData ? "" : " -X " + method.toUpperCase(Locale.ROOT))
                + (query.isEmpty() ? " " + url : " '" + url + query + "'")
                + data;
    }

    /** What is said of a call's body; empty if it has none. */
    static JsonObject body(JsonObject call) {
        JsonObject body = call.getJsonObject("requestBody", new JsonObject());
        return body.getJsonObject("content", new JsonObject()).getJsonObject("application/json", new JsonObject());
    }
}
