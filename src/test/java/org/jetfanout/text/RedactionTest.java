package org.jetfanout.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jetfanout.text.Redaction.MARK;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {
    /** Generous: others may have the machine; what is quadratic takes hours. */
    private static final Duration SOON = Duration.ofMinutes(3);

    private static final int HOSTILE_LENGTH = 1 << 18;

    private static final String KEY =
            """
            -----BEGIN OPENSSH PRIVATE KEY-----
            b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
            QyNTUxOQAAACD8eFj
            AAAA=
            -----END OPENSSH PRIVATE KEY-----
            """;

    private static final Redaction DEFAULTS = Redaction.defaults();

    /** Each with the secret between «». */
    static List<String> secrets() {
        return List.of(
                "password=«hunter2»",
                "Password: «hunter2»",
                "PGPASSWORD='«hun ter2»' psql",
                "DB_PASS=«hunter2» x",
                "MYSQL_PWD=«hunter2»",
                "db_password => \"«a\\\"b c»\"",
                "{\"password\":\"«hunter2»\",\"user\":\"x\"}",
                "{\\\"api_key\\\": \\\"«hunter 2»\\\", \\\"user\\\": 1}",
                "config['secret'] = '«x y»'",
                "\"secrets\": «{\"a\": \"b}\", \"c\": [1]}», \"d\": 1",
                "mysql --password «hunter2» -u root",
                "tool --db-password=«hunter2» go",
                "https://x/y?token=«abc»&user=1",
                "client_secret=«abc»&x=1",
                "<db_password>«hunter2»</db_password>",
                "aws_secret_access_key = «wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY»",
                "aws id «AKIAIOSFODNN7EXAMPLE», fine",
                "Authorization: «Basic dXNlcjpwYXNz»",
                "curl -H 'Authorization: «Bearer abc.def ghi»' https://host/",
                "authorization=«AWS4-HMAC-SHA256 Credential=AK/2, Signature=fe5»",
                "sent bearer «mF_9.B5f-4.1JqM»",
                "got «eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmN» from it",
                "https://user:«pass»@host/path",
                "postgres://u:«p@ssw0rd»@db:5432/x and more",
                "postgres://u:«p/w0rd»@db:5432/x and more",
                "git clone https://«0123456789abcdef0123456789»@host/x.git",
                "«ghp_0123456789abcdefghijABCDEFGHIJ012345»",
                "«github_pat_11ABCDEFG0123456789_abcdefghijklmnop»",
                "«glpat-0123456789abcdefghij»",
                "«xoxb-123456789012-abcdefghijkl»",
                "«AIzaSyA0123456789abcdefghijklmnopqrstuv»",
                "«npm_0123456789abcdefghijABCDEFGHIJ012345»",
                "«hvs.CAESIJ0123456789abcdefghij»",
                "sent «jft_0123456789abcdefghij-ABCDEFGHIJ_01234567890» on",
                "one «-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----» two",
                "«-----BEGIN PRIVATE KEY-----\\nMIIE\\n-----END PRIVATE KEY-----»\\n",
                "«-----BEGIN PGP PRIVATE KEY BLOCK-----\nlQOY»");
    }

    private static String marked(String example) {
        return example.replaceAll(
                "(?s)«.*»", Pattern.quote(MARK).replace("\\Q", "").replace("\\E", ""));
    }

    private static String plain(String example) {
        return example.replace("«", "").replace("»", "");
    }

    @ParameterizedTest
    @MethodSource("secrets")
    void aSecretIsTakenOutAndNothingElse(String example) {
        assertThat(DEFAULTS.apply(plain(example))).isEqualTo(marked(example));
    }

    @ParameterizedTest
    @MethodSource("secrets")
    void applyingItTwiceChangesNothingMore(String example) {
        String once = DEFAULTS.apply(plain(example));
        assertThat(DEFAULTS.apply(once)).isEqualTo(once);
    }

    @Test
    void aSecretIsFoundWhereverItStands() {
        Random random = new Random(4);
        List<String> around =
                List.of(
                        " ",
                        "\t",
                        "; ",
                        "| ",
                        "\n",
                        " … ✓ ",
                        " h01 => ",
                        "\"} ",
                        " 😀 ",
                        ": ",
                        "$ ");
        for (int turn = 0; turn < 4000; turn++) {
            String example = secrets().get(random.nextInt(secrets().size()));
            String secret = example.substring(example.indexOf('«') + 1, example.indexOf('»'));
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(6); i > 0; i--) {
                text.append(around.get(random.nextInt(around.size())));
                text.append("a word ".repeat(random.nextInt(3)));
            }
            text.append(' ').append(plain(example));
            for (int i = random.nextInt(6); i > 0; i--) {
                text.append(' ').append(around.get(random.nextInt(around.size())));
            }
            String safe = DEFAULTS.apply(text.toString());
            assertThat(safe).as(text.toString()).doesNotContain(secret).contains(MARK);
            assertThat(DEFAULTS.apply(safe)).isEqualTo(safe);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "> begin task: install nginx",
                "✓ h01 => complete",
                "passed 12, failed 0",
                "PWD=/root",
                "authentication of opsteam succeeded",
                "http://host:8080/path?x=1 user@host",
                "ssh://git@host/x.git",
                "mail to user@example.org",
                "-----BEGIN CERTIFICATE-----",
                "-----BEGIN PUBLIC KEY-----",
                "the secret of a good run",
                "a token",
                "bearer of news",
                "eyJ.x.y",
                "the password"
            })
    void whatIsNoSecretStaysAsTheSameObject(String text) {
        assertThat(DEFAULTS.apply(text)).isEqualTo(text);
    }

    @Test
    void aTextWithoutSignsIsTheSameObject() {
        String text = new String("2026 h01 line 12 of a task".toCharArray());
        assertThat(DEFAULTS.apply(text)).isSameAs(text);
        assertThat(DEFAULTS.lines().apply(text)).isSameAs(text);
    }

    @Test
    void aPrivateKeyOverSeveralLinesIsTakenOutAlsoWithOtherLinesBetween() {
        Redaction.Lines lines = DEFAULTS.lines();
        List<String> safe = new ArrayList<>();
        safe.add(lines.apply("before"));
        for (String line : KEY.lines().toList()) {
            safe.add(lines.apply("  " + line));
            safe.add(lines.apply("✓ h01 => complete"));
        }
        safe.add(lines.apply("QyNTUxOQAAACD8eFjQyNTUxOQAAACD8eFj"));
        assertThat(safe)
                .containsExactly(
                        "before",
                        "  " + MARK,
                        "✓ h01 => complete",
                        MARK,
                        "✓ h01 => complete",
                        MARK,
                        "✓ h01 => complete",
                        MARK,
                        "✓ h01 => complete",
                        MARK,
                        "✓ h01 => complete",
                        "QyNTUxOQAAACD8eFjQyNTUxOQAAACD8eFj");
    }

    @Test
    void aKeyThatNeverEndsHidesNotEverythingForEver() {
        Redaction.Lines lines = DEFAULTS.lines();
        lines.apply("-----BEGIN RSA PRIVATE KEY-----");
        String word = "0123456789abcdef0123";
        assertThat(lines.apply(word)).isEqualTo(MARK);
        for (int i = 0; i < 400; i++) {
            lines.apply("x");
        }
        assertThat(lines.apply(word)).isEqualTo(word);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "password",
                "password:",
                "password=x",
                "password=\"",
                "secret:{",
                "secret:[\"",
                "--token ",
                "authorization:",
                "://",
                "://a:b@",
                "://a:/",
                "@",
                "-----BEGIN ",
                "-----BEGIN PRIVATE KEY-----",
                "-----END ",
                "eyJ",
                "eyJaaaaaaaa.",
                "-eyJ",
                "bearer ",
                "bearer aaaaaaaaa ",
                "ghp_",
                "AKIA",
                "glpat-",
                "xoxb-",
                "hvs.",
                "jft_",
                "npm_",
                "\\",
                "\"",
                " ",
                "a"
            })
    void hostileTextIsWorkedThroughSoon(String piece) {
        String text = piece.repeat(HOSTILE_LENGTH / piece.length());
        String end = "password=hunter2";
        String safe =
                assertTimeoutPreemptively(
                        SOON, () -> DEFAULTS.apply(text) + DEFAULTS.apply(end + " " + text));
        assertThat(safe).doesNotContain("hunter2");
    }

    @ParameterizedTest
    @CsvSource({
        "'(a+)+b', a",
        "'(a|aa)*b', a",
        "'(?:a|b)*c', ab",
        "'x*x*x*x*x*x*x*y', x",
        "'(.*)*z', q"
    })
    void aPatternThatTriesForEverTakesTheWholeText(String pattern, String piece) {
        Redaction redaction = Redaction.of(List.of(Pattern.compile(pattern)));
        String text = piece.repeat(50_000 / piece.length());
        assertThat(assertTimeoutPreemptively(SOON, () -> redaction.apply(text)))
                .satisfiesAnyOf(
                        safe -> assertThat(safe).isEqualTo(MARK),
                        safe -> assertThat(safe).isEqualTo(text));
        String many = "x".repeat(30);
        assertTimeoutPreemptively(
                SOON,
                () -> {
                    for (int line = 0; line < 500; line++) {
                        redaction.apply(many + line);
                    }
                });
    }

    @Test
    void aPatternThatDoesNotComeToAnEndHidesTheText() {
        Redaction redaction = Redaction.of(List.of(Pattern.compile("a*a*a*a*a*a*a*b")));
        assertThat(redaction.apply("a".repeat(1000))).isEqualTo(MARK);
        assertThat(redaction.apply("aaab, c")).isEqualTo("[redacted], c");
    }

    @Test
    void moreByConfiguration() {
        Redaction redaction =
                Redaction.of(
                        List.of(
                                Pattern.compile("PIN (\\d{4})"),
                                Pattern.compile("(?i)customer \\w+")));
        assertThat(redaction.apply("PIN 1234, PIN 5678 of Customer Smith, password=x"))
                .isEqualTo("PIN [redacted], PIN [redacted] of [redacted], password=[redacted]");
        assertThat(redaction.apply("nothing")).isEqualTo("nothing");
    }

    @Test
    void ofAlternativesThatWhichWasFoundIsASecret() {
        Redaction redaction =
                Redaction.of(List.of(Pattern.compile("pin=(\\d+)|tan=(\\d+)|hunter\\d")));
        assertThat(redaction.apply("pin=12 tan=34 hunter2"))
                .isEqualTo("pin=[redacted] [redacted] [redacted]");
        assertThat(redaction.apply(redaction.apply("pin=12 tan=34 hunter2")))
                .isEqualTo("pin=[redacted] [redacted] [redacted]");
    }

    @Test
    void aPatternMayFindNothingManyTimes() {
        Redaction redaction = Redaction.of(List.of(Pattern.compile("x*"), Pattern.compile("(y)?")));
        assertThat(redaction.apply("axxby")).isEqualTo("a[redacted]b[redacted]");
    }
}
