package app;

import com.fasterxml.jackson.core.json.PackageVersion;
import com.withampersand.sdk.examples.Quickstart;

/** Runs the Quickstart, and says on which Jackson. */
public final class Main {
  public static void main(String[] args) throws Exception {
    if (PackageVersion.VERSION.getMinorVersion() != 18
        || com.fasterxml.jackson.databind.cfg.PackageVersion.VERSION.getMinorVersion() != 18) {
      throw new IllegalStateException("this runs on Jackson " + PackageVersion.VERSION);
    }
    Quickstart.main(args);
    System.out.println("The Quickstart works on Jackson " + PackageVersion.VERSION + ".");
  }
}
