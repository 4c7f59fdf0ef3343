package com.withampersand.sdk.salesforce.doctor;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.doctor.DoctorReport.Finding;
import java.util.List;

/** Checks an app that signs in without a user at a browser, by minting tokens once. */
final class MintCheck {
  private static final List<String> UNSEEN_AFTER_SIGN_IN =
      List.of(
          "Whether the user may read and write what the program needs: its permissions were not checked.",
          "Whether a program uses the session that this check opened: it was not revoked, and lasts until it times out.");

  private MintCheck() {}

  static DoctorReport run(LoginHost host, Runnable mint) {
    try {
      mint.run();
      return new DoctorReport(List.of(), UNSEEN_AFTER_SIGN_IN);
    } catch (OAuthException e) {
      return only(judged(host, e));
    } catch (TransportException | ProtocolException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw e;
      }
      return only(FindingTexts.notMinted(host, e));
    }
  }

  /** A refusal that only asks to wait says nothing about the app. */
  private static Finding judged(LoginHost host, OAuthException refusal) {
    return refusal.actor() == Actor.NONE
        ? FindingTexts.notMinted(host, refusal)
        : FindingTexts.mintRefused(host, refusal);
  }

  private static DoctorReport only(Finding finding) {
    return new DoctorReport(List.of(finding), List.of());
  }
}
