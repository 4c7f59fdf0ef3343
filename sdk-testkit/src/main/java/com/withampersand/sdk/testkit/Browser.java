package com.withampersand.sdk.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Does what a user's browser does, up to the moment of leaving Salesforce. */
final class Browser {
  private static final Pattern TICKET = Pattern.compile("name=\"ticket\" value=\"(\\w+)\"");

  private final URI salesforce;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();

  Browser(URI salesforce) {
    this.salesforce = salesforce;
  }

  URI decide(URI authorizationUrl, String decision) {
    if (!isOurs(authorizationUrl)) {
      throw new IllegalArgumentException("this authorization URL does not lead to " + salesforce);
    }
    HttpResponse<String> page = send(HttpRequest.newBuilder(authorizationUrl));
    Matcher ticket = TICKET.matcher(page.body());
    if (page.statusCode() == 200 && ticket.find()) {
      String form = "ticket=" + ticket.group(1) + "&decision=" + decision;
      return leave(
          send(
              HttpRequest.newBuilder(salesforce.resolve(AuthorizeEndpoint.CONSENT_PATH))
                  .header("Content-Type", "application/x-www-form-urlencoded")
                  .POST(BodyPublishers.ofString(form))));
    }
    return leave(page);
  }

  private URI leave(HttpResponse<String> response) {
    URI target = response.headers().firstValue("Location").map(URI::create).orElse(salesforce);
    if (isOurs(target)) {
      throw new IllegalStateException(
          "Salesforce shows an error in place of a redirect: status "
              + response.statusCode()
              + ", "
              + (target.equals(salesforce) ? response.body() : target));
    }
    return target;
  }

  private boolean isOurs(URI uri) {
    return salesforce.getHost().equals(uri.getHost()) && salesforce.getPort() == uri.getPort();
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return client.send(request.timeout(Duration.ofSeconds(30)).build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the browser waited", e);
    }
  }
}
