package com.withampersand.sdk.http;

import com.withampersand.sdk.http.HttpTransport.Request;
import com.withampersand.sdk.http.HttpTransport.Response;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A program that sends two POSTs and prints what came of each: for properties of the JVM. */
final class TwoPosts {
  private TwoPosts() {}

  static List<String> inJvmWith(String option, URI uri) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process process =
        new ProcessBuilder(
                java,
                option,
                "-cp",
                System.getProperty("java.class.path"),
                TwoPosts.class.getName(),
                uri.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return output.lines().toList();
  }

  public static void main(String[] args) throws InterruptedException {
    HttpTransport transport = HttpTransport.over(HttpClient.newHttpClient());
    for (String body : List.of("a=1", "a=2")) {
      System.out.println(outcome(transport, URI.create(args[0]), body));
    }
  }

  private static String outcome(HttpTransport transport, URI uri, String body)
      throws InterruptedException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    try {
      Response response =
          transport.send(new Request("POST", uri, Map.of(), bytes, Duration.ofSeconds(30), 1000));
      return response.status() + " " + response.text();
    } catch (ConnectException e) {
      return "never sent";
    } catch (IOException e) {
      return "outcome unknown";
    }
  }
}
