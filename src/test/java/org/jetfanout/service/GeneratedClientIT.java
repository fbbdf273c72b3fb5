package org.jetfanout.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.TestUser;
import org.jetfanout.testkit.stores.ServerClassPath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A client is generated from the OpenAPI document that the service serves. It is compiled, and a
 * program that uses it starts a run, follows it and cancels it.
 */
class GeneratedClientIT {
    @RegisterExtension static final Fleet fleet = Fleet.start(72, 2);

    @TempDir private Path folder;

    @Test
    void followsARun() throws Exception {
        Site site = new Site(fleet, folder);
        site.writeSettings();
        for (int host = 1; host < 10; host++) {
            site.behave("h0" + host, "slow:600");
        }
        try (ServedRuns served =
                new ServedRuns(
                        folder.resolve("service"),
                        20,
                        "roots: [ " + folder + " ]\n",
                        fleet.agent().socket(),
                        site.file("home"))) {
            Path document = Files.writeString(folder.resolve("openapi.json"), document(served));
            assertThat(generator("validate", "-i", document.toString()).output())
                    .contains("No validation issues detected.");
            Path classes = compiled(document);
            Programs.Result used =
                    java(
                            Map.of("TOKEN", served.token()),
                            classPath() + File.pathSeparator + classes,
                            "FollowsARun",
                            "http://127.0.0.1:" + served.port() + "/fanout",
                            "--playbook",
                            site.file("pb/site.yml").toString(),
                            "--inventory",
                            site.file("inv").toString(),
                            "--worker-config",
                            site.file("workers.yml").toString(),
                            "--user",
                            TestUser.name());
            assertThat(used.exit()).as(used.output()).isZero();
            assertThat(used.output().lines().skip(1).toList())
                    .as(used.output())
                    .contains(
                            "again true true",
                            "none 0",
                            "state running by everything",
                            "running true",
                            "host h01",
                            "points true",
                            "output true",
                            "records true",
                            "templates 0",
                            "cancel true",
                            "refused 422 true",
                            "refused 409 approve",
                            "refused 404");
            assertThat(used.output()).contains("started ", "exit ");
        }
    }

    private static String document(ServedRuns served) throws Exception {
        HttpResponse<String> answer =
                served.client()
                        .send(
                                HttpRequest.newBuilder(served.uri("/openapi.json"))
                                        .header("Authorization", "Bearer " + served.token())
                                        .build(),
                                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        return answer.body();
    }

    private Path compiled(Path document) throws IOException {
        Path sources = folder.resolve("client");
        Programs.Result made =
                generator(
                        "generate",
                        "-i",
                        document.toString(),
                        "-g",
                        "java",
                        "--library",
                        "native",
                        "-o",
                        sources.toString(),
                        "--global-property",
                        "apis,models,supportingFiles,apiDocs=false,modelDocs=false,apiTests=false,modelTests=false",
                        "--additional-properties",
                        "openApiNullable=false,useJakartaEe=true,invokerPackage=client,apiPackage=client.api,modelPackage=client.model");
        assertThat(made.exit()).as(made.output()).isZero();
        Path classes = Files.createDirectories(folder.resolve("classes"));
        List<String> words =
                new ArrayList<>(
                        List.of(
                                "-proc:none",
                                "-nowarn",
                                "-cp",
                                classPath(),
                                "-d",
                                classes.toString(),
                                ServerClassPath.folder("api-client")
                                        .resolve("FollowsARun.java")
                                        .toString()));
        try (Stream<Path> files = Files.walk(sources.resolve("src/main/java"))) {
            files.map(Path::toString).filter(name -> name.endsWith(".java")).forEach(words::add);
        }
        assertThat(words).hasSizeGreaterThan(40);
        int exit =
                ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, words.toArray(String[]::new));
        assertThat(exit).as("the client compiles").isZero();
        return classes;
    }

    private static Programs.Result generator(String... words) throws IOException {
        return java(Map.of(), classPath(), "org.openapitools.codegen.OpenAPIGenerator", words);
    }

    private static Programs.Result java(
            Map<String, String> environment, String classPath, String main, String... words) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                classPath,
                                main));
        command.addAll(List.of(words));
        return Programs.run(Duration.ofMinutes(15), environment, command.toArray(String[]::new));
    }

    private static String classPath() throws IOException {
        return ServerClassPath.of("api-client").stream()
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
    }
}
