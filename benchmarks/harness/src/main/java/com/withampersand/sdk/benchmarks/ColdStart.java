package com.withampersand.sdk.benchmarks;

/** What a short-lived process does with a contestant: one URL, one token request over HTTP. */
public final class ColdStart {
  private ColdStart() {}

  /**
   * Does both and ends.
   *
   * @param args the name of a contestant's class
   * @throws Exception if a result is wrong
   */
  public static void main(String[] args) throws Exception {
    Contestant contestant = Contestants.load(args[0]);
    Operation.URL_FRESH.checked(contestant);
    Operation.ROUND_TRIP.checked(contestant);
  }
}
