/** Stateful fakes of Salesforce and Ampersand that speak HTTP, for tests. */
module com.withampersand.sdk.testkit {
  requires transitive java.net.http;
  requires com.fasterxml.jackson.databind;
  requires static transitive org.jspecify;
  // Not transitive: javac would ask every module that requires this one for JUnit.
  requires static org.junit.jupiter.api;

  exports com.withampersand.sdk.testkit;
}
