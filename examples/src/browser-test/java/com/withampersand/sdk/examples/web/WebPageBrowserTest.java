package com.withampersand.sdk.examples.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebDriver;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.FluentWait;
import org.openqa.selenium.support.ui.WebDriverWait;

/** The page in a real browser. Its screenshots are in {@code target/screenshots}. */
@Tag("browser")
class WebPageBrowserTest {
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");

  /** Returns each piece of visible text whose contrast with its background is below 4.5. */
  private static final String FAINT_TEXTS =
      """
      const parse = c => c.match(/[\\d.]+/g).map(Number);
      const light = c => {
        const [r, g, b] = c.slice(0, 3).map(v => v / 255)
          .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const ground = e => {
        for (; e; e = e.parentElement) {
          const c = parse(getComputedStyle(e).backgroundColor);
          if (c.length === 3 || c[3] > 0) return c;
        }
        return [255, 255, 255];
      };
      const faint = [];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const e = walker.currentNode.parentElement;
        if (!walker.currentNode.data.trim() || !e.checkVisibility()) continue;
        const [a, b] = [light(parse(getComputedStyle(e).color)), light(ground(e))];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < 4.5) faint.push(walker.currentNode.data.trim() + ' ' + ratio.toFixed(2));
      }
      return faint;
      """;

  @TempDir static Path profile;
  private static ChromeDriver browser;

  private final DemoSalesforce demo;
  private final Site site;

  WebPageBrowserTest() throws IOException {
    Server server = Server.bind(0);
    demo = DemoSalesforce.start(URI.create("http://localhost:" + server.port() + "/callback"));
    site = Site.start(demo, server);
  }

  @BeforeAll
  static void startBrowser() throws IOException {
    Files.createDirectories(SCREENSHOTS);
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setCapability("goog:loggingPrefs", logs);
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
    browser = new ChromeDriver(options);
  }

  @AfterAll
  static void quitBrowser() {
    browser.quit();
  }

  @BeforeEach
  void open() {
    screen(1000, 900, "light");
    browser.get(site.address().toString());
    browser.manage().deleteAllCookies();
    browser.manage().logs().get(LogType.BROWSER);
    browser.get(site.address().toString());
  }

  @AfterEach
  void close() {
    List<String> complaints =
        browser.manage().logs().get(LogType.BROWSER).getAll().stream()
            .map(LogEntry::getMessage)
            .filter(message -> !message.contains("/favicon.ico")) // of the fake's own page
            .toList();
    site.close();

    assertThat(complaints).as("what the browser complains of").isEmpty();
  }

  private static void screen(int width, int height, String scheme) {
    browser.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
    browser.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  private static WebElement find(String css) {
    return browser.findElement(By.cssSelector(css));
  }

  private static void press(String label) {
    WebElement button = button(label);
    follow(button, button::click);
  }

  private static WebElement button(String label) {
    return browser.findElement(By.xpath("//button[.='" + label + "']"));
  }

  /** Does what leads to another page, and waits for that. */
  private static void follow(WebElement here, Runnable action) {
    action.run();
    new WebDriverWait(browser, Duration.ofSeconds(20))
        .until(ExpectedConditions.stalenessOf(here));
    new WebDriverWait(browser, Duration.ofSeconds(20))
        .until(driver -> "complete".equals(browser.executeScript("return document.readyState")));
  }

  private static String status() {
    Object text = browser.executeScript("return document.querySelector('.pill')?.textContent");
    return String.valueOf(text).replace("Status: ", "");
  }

  private static String notice() {
    return find("#notice").getText();
  }

  private static void connect(String host) {
    find("#host").sendKeys(host);
    press("Connect Salesforce");
    press("Allow");
  }

  /** The page may be replaced while it is looked at. */
  private static FluentWait<WebDriver> onAnyPage() {
    return new WebDriverWait(browser, Duration.ofSeconds(20))
        .ignoring(StaleElementReferenceException.class);
  }

  private static void await(String status) {
    onAnyPage().until(driver -> status().equals(status));
  }

  private static void shoot(String name) throws IOException {
    Map<String, Object> whole =
        Map.of("format", "png", "captureBeyondViewport", true, "fromSurface", true);
    Object png = browser.executeCdpCommand("Page.captureScreenshot", whole).get("data");
    Files.write(
        SCREENSHOTS.resolve(name + ".png"), Base64.getDecoder().decode(String.valueOf(png)));
  }

  @Test
  void keyboardAlone_goesTheWholeWay() {
    tabTo("#host");
    type("acme");
    pressKey("#host", Keys.ENTER);
    pressKey("button[value=allow]", Keys.ENTER);
    assertThat(notice()).isEqualTo("Salesforce is connected");
    pressKey("form[action='/fake/end-session'] button", Keys.ENTER);
    pressKey("form[action='/call'] button", Keys.SPACE);
    assertThat(notice()).isEqualTo("Salesforce answered, after a refresh");
    pressKey("form[action='/disconnect'] button", Keys.ENTER);
    assertThat(status()).isEqualTo("Not connected");
  }

  /** Presses the tab key until an element has the focus, which must be seen. */
  private static void tabTo(String css) {
    WebElement wanted = find(css);
    for (int i = 0; i < 15 && !browser.switchTo().activeElement().equals(wanted); i++) {
      type(Keys.TAB);
    }
    assertThat(browser.switchTo().activeElement()).isEqualTo(wanted);
    assertThat(wanted.getCssValue("outline-style")).as("the focus of " + css).isNotEqualTo("none");
  }

  private static void pressKey(String css, Keys key) {
    tabTo(css);
    follow(find(css), () -> type(key));
  }

  private static void type(CharSequence keys) {
    new Actions(browser).sendKeys(keys).perform();
  }

  @ParameterizedTest
  @ValueSource(strings = {"light", "dark"})
  void everyState_isReadableOnEachScreen(String scheme) throws IOException {
    check(scheme, "start");
    find("#host").sendKeys("https://evil.example/" + "very-long-".repeat(12));
    press("Connect Salesforce");
    check(scheme, "wrong-host");
    find("#host").clear();
    connect("acme");
    check(scheme, "connected");
    press("End the session");
    press("Call the API");
    check(scheme, "refreshed");
    press("Take API permission");
    press("Call the API");
    find("summary").click();
    check(scheme, "refused");
    press("Revoke access");
    press("Call the API");
    find("summary").click();
    check(scheme, "revoked");
    browser.get(site.address().resolve("/callback?code=a&state=forged").toString());
    browser.manage().logs().get(LogType.BROWSER); // Chromium reports the status 400 there
    check(scheme, "forged");
  }

  private void check(String scheme, String name) throws IOException {
    for (int width : List.of(1000, 320)) {
      screen(width, width == 320 ? 640 : 900, scheme);
      shoot(name + "-" + scheme + "-" + (width == 320 ? "narrow" : "wide"));
      assertThat((Long) browser.executeScript("return document.documentElement.scrollWidth"))
          .as("width of " + name)
          .isLessThanOrEqualTo((long) width);
      assertThat((List<?>) browser.executeScript(FAINT_TEXTS)).as(name).isEmpty();
    }
    screen(1000, 900, scheme);
    assertThat(browser.findElements(By.cssSelector("h1"))).hasSize(1);
    assertThat(browser.findElements(By.cssSelector("a[href], button, input[type=text], summary")))
        .allSatisfy(element -> assertThat(element.getAccessibleName()).isNotBlank());
  }

  @Test
  void schemes_differ() {
    String light = find("body").getCssValue("background-color");

    screen(1000, 900, "dark");

    assertThat(find("body").getCssValue("background-color")).isNotEqualTo(light);
  }

  @Test
  void twoTabs_shareOneConnection() {
    connect("acme");
    String first = browser.getWindowHandle();
    browser.switchTo().newWindow(WindowType.TAB);
    browser.get(site.address().toString());
    assertThat(status()).isEqualTo("Connected");

    press("Disconnect");
    browser.close();
    browser.switchTo().window(first);
    press("Call the API"); // this tab still shows the connection

    assertThat(notice()).isEqualTo("Salesforce is not connected");
    assertThat(status()).isEqualTo("Not connected");
  }

  @Test
  void twoTabs_connectAtOnce_bothComeBack() {
    String first = browser.getWindowHandle();
    find("#host").sendKeys("acme");
    press("Connect Salesforce");
    browser.switchTo().newWindow(WindowType.TAB);
    browser.get(site.address().toString());
    connect("globex");
    assertThat(find("h1").getText()).isEqualTo("Globex");
    browser.close();
    browser.switchTo().window(first);

    press("Allow");

    assertThat(find("h1").getText()).isEqualTo("Acme Corporation");
  }

  @Test
  void backButton_afterDisconnect_showsNoConnection() {
    connect("acme");
    press("Call the API");
    press("Disconnect");

    browser.navigate().back();

    assertThat(status()).isEqualTo("Not connected");
    assertThat(find("body").getText()).doesNotContain("user@acme.example");
  }

  @Test
  void backButton_afterConsent_andReload_leaveTheConnectionAlone() {
    connect("acme");
    String connected = find("main").getText();

    browser.navigate().back();
    browser.get(site.address().toString());
    browser.navigate().refresh();

    assertThat(find("main").getText()).isEqualTo(connected);
    assertThat(demo.fake().grants()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"Call the API, Connected, true", "Disconnect, Not connected, false"})
  void doubleClick_isHarmless(String label, String status, boolean alive) {
    connect("acme");
    doubleClick(button(label));

    await(status);

    String kind = onAnyPage().until(driver -> find(".notice").getAttribute("class"));
    assertThat(kind).doesNotContain("problem");
    assertThat(demo.fake().grants().get(0).isAlive()).isEqualTo(alive);
  }

  @Test
  void doubleClick_onConnect_leadsToConsent() {
    find("#host").sendKeys("acme");
    doubleClick(find("form.connect button"));
    new WebDriverWait(browser, Duration.ofSeconds(20))
        .until(driver -> !driver.findElements(By.cssSelector("button[value=allow]")).isEmpty());

    press("Allow");

    assertThat(status()).isEqualTo("Connected");
  }

  private static void doubleClick(WebElement element) {
    new Actions(browser).doubleClick(element).perform();
  }
}
