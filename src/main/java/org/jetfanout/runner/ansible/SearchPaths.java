package org.jetfanout.runner.ansible;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jetfanout.runner.ansible.bundle.Installed;
import org.jetfanout.runner.ansible.bundle.ProjectLayout;

/**
 * Where ansible looks for plugins, roles and collections on a worker: the user's folders, by their
 * places in the bundle, and after them the worker's own. Immutable.
 */
final class SearchPaths {
    private static final String CALLBACKS = "JET_FANOUT_CALLBACKS";

    /** The environment variable of each setting. */
    private static final Map<String, String> VARIABLES = new LinkedHashMap<>();

    static {
        VARIABLES.put("DEFAULT_CALLBACK_PLUGIN_PATH", CALLBACKS);
        VARIABLES.put("DEFAULT_ACTION_PLUGIN_PATH", "ANSIBLE_ACTION_PLUGINS");
        VARIABLES.put("DEFAULT_BECOME_PLUGIN_PATH", "ANSIBLE_BECOME_PLUGINS");
        VARIABLES.put("DEFAULT_CACHE_PLUGIN_PATH", "ANSIBLE_CACHE_PLUGINS");
        VARIABLES.put("DEFAULT_CONNECTION_PLUGIN_PATH", "ANSIBLE_CONNECTION_PLUGINS");
        VARIABLES.put("DEFAULT_FILTER_PLUGIN_PATH", "ANSIBLE_FILTER_PLUGINS");
        VARIABLES.put("DEFAULT_LOOKUP_PLUGIN_PATH", "ANSIBLE_LOOKUP_PLUGINS");
        VARIABLES.put("DEFAULT_MODULE_PATH", "ANSIBLE_LIBRARY");
        VARIABLES.put("DEFAULT_MODULE_UTILS_PATH", "ANSIBLE_MODULE_UTILS");
        VARIABLES.put("DEFAULT_STRATEGY_PLUGIN_PATH", "ANSIBLE_STRATEGY_PLUGINS");
        VARIABLES.put("DEFAULT_TEST_PLUGIN_PATH", "ANSIBLE_TEST_PLUGINS");
        VARIABLES.put("DEFAULT_VARS_PLUGIN_PATH", "ANSIBLE_VARS_PLUGINS");
    }

    private static final String ROLES = "DEFAULT_ROLES_PATH";
    private static final String OWN_ROLES =
            "~/.ansible/roles:/usr/share/ansible/roles:/etc/ansible/roles";
    private static final String OWN_COLLECTIONS =
            "~/.ansible/collections:/usr/share/ansible/collections";

    private final Map<String, String> environment;
    private final Optional<String> modules;
    private final List<String> rolesInProject;
    private final List<String> collectionsInProject;
    private final List<Path> rolesOutside;
    private final List<Path> collectionsOutside;

    private SearchPaths(
            Map<String, String> environment,
            Optional<String> modules,
            AnsibleAnswer answer,
            ProjectLayout layout) {
        this.environment = environment;
        this.modules = modules;
        this.rolesInProject = new ArrayList<>();
        this.rolesOutside = new ArrayList<>();
        split(
                answer.all(ROLES).stream().map(Path::of).toList(),
                layout,
                rolesInProject,
                rolesOutside);
        this.collectionsInProject = new ArrayList<>();
        this.collectionsOutside = new ArrayList<>();
        split(answer.collectionRoots(), layout, collectionsInProject, collectionsOutside);
    }

    /** Reads the settings. Folders of plugins outside of the project travel whole. */
    static SearchPaths of(AnsibleRequest request, AnsibleAnswer answer, ProjectLayout layout) {
        Map<String, String> environment = new TreeMap<>();
        VARIABLES.forEach(
                (setting, variable) -> {
                    String path = places(answer.chosen(setting), request, layout);
                    if (!path.isEmpty()) {
                        environment.put(variable, path);
                    }
                });
        List<String> modules =
                request.modulePaths().stream()
                        .flatMap(text -> List.of(text.split(":", -1)).stream())
                        .toList();
        String path = places(modules, request, layout);
        return new SearchPaths(
                environment, path.isEmpty() ? Optional.empty() : Optional.of(path), answer, layout);
    }

    private static String places(
            List<String> folders, AnsibleRequest request, ProjectLayout layout) {
        return String.join(
                ":",
                folders.stream()
                        .map(
                                folder ->
                                        request.directory()
                                                .resolve(folder)
                                                .toAbsolutePath()
                                                .normalize())
                        .filter(Files::isDirectory)
                        .map(layout::add)
                        .distinct()
                        .toList());
    }

    private static void split(
            List<Path> folders, ProjectLayout layout, List<String> inside, List<Path> outside) {
        for (Path folder : folders) {
            Optional<String> place = layout.inProject(folder);
            if (place.isPresent()) {
                inside.add(place.get());
            } else {
                outside.add(folder);
            }
        }
    }

    /** Folders outside of the project that have roles. */
    List<Path> rolesOutside() {
        return rolesOutside;
    }

    /** Folders outside of the project that have collections. */
    List<Path> collectionsOutside() {
        return collectionsOutside;
    }

    /** {@code --module-path} on a worker. */
    Optional<String> modules() {
        return modules;
    }

    /** The variables of a job. */
    Map<String, String> environment(Installed installed) {
        Map<String, String> all = new TreeMap<>(environment);
        List<String> roles = new ArrayList<>(rolesInProject);
        if (installed.hasRoles()) {
            roles.add(Installed.ROLES);
        }
        roles.add(OWN_ROLES);
        all.put("ANSIBLE_ROLES_PATH", String.join(":", roles));
        List<String> collections = new ArrayList<>(collectionsInProject);
        if (installed.hasCollections()) {
            collections.add(Installed.COLLECTIONS);
        }
        collections.add(OWN_COLLECTIONS);
        all.put("ANSIBLE_COLLECTIONS_PATH", String.join(":", collections));
        return all;
    }
}
