package com.withampersand.sdk.fuzz;

import com.withampersand.sdk.ApiException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.platform.AmpersandClient;
import com.withampersand.sdk.platform.AmpersandProxy;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Calls through Ampersand's proxy. The input is a path, a status, a content type, {@code
 * X-Amp-Retry-After}, a body, and what names the installation.
 */
final class ProxyTarget implements Target {
  private static final String PROJECT = "{\"id\":\"p-1\",\"name\":\"p\"}";
  private static final List<String> SECRETS = List.of(Canary.CLIENT_SECRET);

  @Override
  public void run(Input input) {
    AnsweringClient client =
        new AnsweringClient(
            input.number(1, 200, 599, 200),
            Map.of(
                "Content-Type", List.of(input.field(2)),
                "X-Amp-Retryable", List.of("true"),
                "X-Amp-Retry-After", List.of(input.field(3))),
            input.field(4).getBytes(StandardCharsets.UTF_8));
    AmpersandProxy proxy = proxy(client);
    String name = input.field(5).isEmpty() ? "sync" : input.field(5);
    Tried.call(
            SECRETS,
            () -> send(proxy.forInstallation(name), input.field(0)),
            ApiException.class,
            IOException.class,
            IllegalArgumentException.class)
        .error()
        .ifPresent(RetryAfterTarget::requireSensible);
    Require.that(client.requests().size() <= 1, "nothing is repeated");
    client.requests().forEach(sent -> look(sent, input.field(0)));
  }

  private static AmpersandProxy proxy(AnsweringClient client) {
    AmpersandClient ampersand =
        AmpersandClient.builder("p", Secret.of(Canary.CLIENT_SECRET))
            .transport(Answers.json(200, PROJECT))
            .maxRetries(0)
            .build();
    return AmpersandProxy.builder(ampersand, client).throttle(Duration.ZERO).build();
  }

  /** Returns what the SDK adds to a response; path and installation are the caller's own. */
  private static String send(AmpersandProxy.Installation installation, String path)
      throws IOException, InterruptedException {
    HttpResponse<String> response = installation.send(path, HttpRequest.Builder::GET);
    return response.statusCode() + " " + response.request().headers().map();
  }

  private static void look(HttpRequest sent, String path) {
    URI address = sent.uri();
    Require.same("https://proxy.withampersand.com" + path, address.toString(), "the address");
    Require.same("proxy.withampersand.com", address.getHost(), "the key's host");
    Require.same(List.of("p-1"), sent.headers().allValues("X-Amp-Project-Id"), "one project");
    Require.same(1, sent.headers().allValues("X-Amp-Installation-Id").size(), "one installation");
    Require.same(List.of(Canary.CLIENT_SECRET), sent.headers().allValues("X-Api-Key"), "one key");
    requireNoDots(address.getRawPath());
  }

  /** No server behind the proxy may take the path for another one, however it decodes it. */
  private static void requireNoDots(String path) {
    String decoded = path.replace("+", "%2B");
    try {
      decoded = URLDecoder.decode(decoded, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return; // Nor is such a path decoded elsewhere.
    }
    for (String segment : decoded.split("[/\\\\?#]", -1)) {
      String bare = segment.replaceFirst("(?s);.*", "").strip();
      Require.that(!bare.equals(".") && !bare.equals(".."), "no segment of dots in " + path);
    }
  }
}
