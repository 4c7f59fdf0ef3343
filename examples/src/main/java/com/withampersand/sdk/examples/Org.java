package com.withampersand.sdk.examples;

import com.withampersand.sdk.testkit.FakeSalesforce;
import java.awt.Desktop;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.time.Duration;

/** What differs between a fake org and a real one. */
interface Org {
  /** Takes a user through consent and returns where the browser came back. */
  URI consent(URI authorizationUrl) throws IOException, InterruptedException;

  /** Ends all sessions; false if that cannot be done. */
  boolean expireSessions();

  /** An org on this machine. */
  record Fake(FakeSalesforce salesforce) implements Org {
    @Override
    public URI consent(URI authorizationUrl) {
      return salesforce.approve(authorizationUrl);
    }

    @Override
    public boolean expireSessions() {
      salesforce.expireSessions();
      return true;
    }
  }

  /** A real org, with a real user at a browser. */
  record Real(CallbackListener listener, PrintStream out) implements Org {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    @Override
    public URI consent(URI authorizationUrl) throws IOException, InterruptedException {
      out.println(
          "   Open the address above in a browser, if it does not open by itself, and consent.");
      openBrowser(authorizationUrl);
      return listener
          .await(PATIENCE)
          .orElseThrow(
              () ->
                  new IOException(
                      "the browser did not come back within "
                          + PATIENCE.toMinutes()
                          + " minutes. If the browser shows an error page of Salesforce, its address names the cause"));
    }

    private static void openBrowser(URI url) {
      try {
        if (Desktop.isDesktopSupported()) {
          Desktop.getDesktop().browse(url);
        }
      } catch (IOException | UnsupportedOperationException e) {
        // Nothing is lost: the address is printed.
      }
    }

    @Override
    public boolean expireSessions() {
      return false;
    }
  }
}
