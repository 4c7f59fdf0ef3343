package com.withampersand.sdk.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.support.ui.WebDriverWait;

/** The consent page in a real browser, with a callback that answers. */
@Tag("browser")
class ConsentPageBrowserTest {
  private final HttpServer backEnd = startBackEnd();
  private final String callback = "http://localhost:" + backEnd.getAddress().getPort() + "/callback";
  private final FakeSalesforce salesforce = FakeSalesforce.builder().callback(URI.create(callback)).start();
  private final SalesforceClient client = new SalesforceClient(salesforce);

  private static HttpServer startBackEnd() {
    try {
      HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext(
          "/",
          exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
          });
      server.createContext(
          "/callback",
          exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.close();
          });
      server.start();
      return server;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterEach
  void stop() {
    salesforce.close();
    backEnd.stop(0);
  }

  private URI pressed(String decision, Path profile) {
    ChromeOptions options = new ChromeOptions();
    options.addArguments(
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--user-data-dir=" + profile);
    ChromeDriver browser = new ChromeDriver(options);
    try {
      browser.get(client.authorizationUrl("redirect_uri", callback).toString());
      browser.findElement(By.cssSelector("button[value=" + decision + "]")).click();
      new WebDriverWait(browser, Duration.ofSeconds(10))
          .until(driver -> String.valueOf(driver.getCurrentUrl()).startsWith(callback));
      return URI.create(String.valueOf(browser.getCurrentUrl()));
    } finally {
      browser.quit();
    }
  }

  @Test
  void allow_pressed_sendsTheBrowserBackWithACodeThatWorks(@TempDir Path profile) throws Exception {
    URI back = pressed("allow", profile);

    String code = SalesforceClient.query(back).getOrDefault("code", "");
    assertThat(client.exchange(code, "redirect_uri", callback).statusCode()).isEqualTo(200);
  }

  @Test
  void deny_pressed_sendsTheBrowserBackWithTheError(@TempDir Path profile) {
    URI back = pressed("deny", profile);

    assertThat(SalesforceClient.query(back)).containsEntry("error", "access_denied");
  }
}
