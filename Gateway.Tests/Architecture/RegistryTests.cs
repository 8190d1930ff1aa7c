using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Granary.Gateway.Configuration;
using Granary.Gateway.Tests.Support;
using Granary.Hosting.Configuration;

namespace Granary.Gateway.Tests.Architecture;

/// <summary>
/// What the gateway's package tells the MCP registry: the rules of server.json 2025-12-11, of its schema and of the registry's own page of requirements
/// (github.com/modelcontextprotocol/registry, docs/reference/server-json). That names and version are those of what is published, eng/release checks too.
/// </summary>
public sealed partial class RegistryTests : IDisposable
{
    private static readonly string Version = XDocument.Load(Path.Combine(Checkout.Root, "Directory.Build.props")).Descendants("Version").Single().Value;

    private readonly JsonDocument _document = JsonDocument.Parse(Rendered("server.json"));

    private JsonElement Server => _document.RootElement;

    private IEnumerable<JsonElement> Packages => Server.GetProperty("packages").EnumerateArray();

    public void Dispose() => _document.Dispose();

    [Fact]
    public void Members_are_those_that_the_schema_knows()
    {
        Names(Server).Except(["$schema", "_meta", "description", "icons", "name", "packages", "remotes", "repository", "title", "version", "websiteUrl"]).ShouldBeEmpty();
        Names(Server.GetProperty("repository")).Except(["id", "source", "subfolder", "url"]).ShouldBeEmpty();
        foreach (var package in Packages)
        {
            Names(package).Except([
                "environmentVariables", "fileSha256", "identifier", "packageArguments", "registryBaseUrl", "registryType", "runtimeArguments", "runtimeHint",
                "transport", "version"]).ShouldBeEmpty();
            Names(package).Intersect(["identifier", "registryType", "transport"]).Count().ShouldBe(3);
            Inputs(package).SelectMany(Names).Except([
                "choices", "default", "description", "format", "isRepeated", "isRequired", "isSecret", "name", "placeholder", "type", "value", "valueHint",
                "variables"]).ShouldBeEmpty();
        }
    }

    [Fact]
    public void Its_name_and_texts_are_of_the_right_form_and_length()
    {
        Text(Server, "$schema").ShouldBe("https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json");
        ServerName().IsMatch(Text(Server, "name")).ShouldBeTrue();
        Text(Server, "name").Length.ShouldBeInRange(3, 200);
        Text(Server, "title").Length.ShouldBeInRange(1, 100);
        Text(Server, "description").Length.ShouldBeInRange(1, 100);
        Text(Server.GetProperty("repository"), "source").ShouldBe("github");
        Text(Server.GetProperty("repository"), "url").ShouldBe("https://github.com/Somebody/Granary");
    }

    [Fact]
    public void The_package_at_NuGet_is_the_gateways_of_this_version()
    {
        var package = Packages.Single(package => Text(package, "registryType") == "nuget");
        var project = XDocument.Load(Path.Combine(Checkout.Root, "Gateway", "Gateway.csproj"));
        Text(package, "identifier").ShouldBe(project.Descendants("PackageId").Single().Value);
        project.Descendants("PackageType").Single().Value.ShouldBe("McpServer");
        Text(package, "version").ShouldBe(Version);
        Text(Server, "version").ShouldBe(Version);
        // The registry finds by it that who publishes the package also publishes this.
        Rendered("README.md").ShouldContain($"\n<!-- mcp-name: {Text(Server, "name")} -->\n");
    }

    [Fact]
    public void The_image_is_named_with_its_version_as_the_tag()
    {
        var package = Packages.Single(package => Text(package, "registryType") == "oci");
        Text(package, "identifier").ShouldBe($"ghcr.io/somebody/granary/granary-gateway:{Version}");
        // Both are part of the identifier, and refused beside it.
        Names(package).Intersect(["registryBaseUrl", "version"]).ShouldBeEmpty();
    }

    [Fact]
    public void Arguments_and_variables_are_those_of_the_gateway()
    {
        foreach (var package in Packages)
        {
            package.GetProperty("transport").GetRawText().Replace(" ", "", StringComparison.Ordinal).ShouldBe("{\"type\":\"stdio\"}");
            var arguments = package.GetProperty("packageArguments").EnumerateArray().SelectMany(argument => new[] { Text(argument, "name"), Text(argument, "value") });
            arguments.ShouldBe(["--transport", "stdio"]);
            new CommandLine().All.Select(flag => flag.Name).ShouldContain("--transport");
            foreach (var variable in package.GetProperty("environmentVariables").EnumerateArray())
            {
                UnknownSettings.Known.ShouldContain(Text(variable, "name"));
                var isSecret = variable.TryGetProperty("isSecret", out var secret) && secret.GetBoolean();
                isSecret.ShouldBe(Text(variable, "name").EndsWith("TOKEN", StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public void Arguments_of_a_runtime_come_with_its_name_and_each_has_a_form_that_clients_take()
    {
        foreach (var package in Packages.Where(package => package.TryGetProperty("runtimeArguments", out _)))
            Text(package, "runtimeHint").ShouldNotBeEmpty();
        foreach (var argument in Packages.SelectMany(Inputs).Where(input => input.TryGetProperty("type", out _)))
        {
            Text(argument, "type").ShouldBe("named");
            Text(argument, "name").ShouldNotContain(' ');
            Text(argument, "value").ShouldNotStartWith(Text(argument, "name"));
        }
    }

    /// <summary>As eng/package/package.targets writes it into a package of somebody's fork.</summary>
    private static string Rendered(string file) => File.ReadAllText(Path.Combine(Checkout.Root, "eng", "package", file))
        .Replace("$version$", Version, StringComparison.Ordinal)
        .Replace("$image$", "ghcr.io/somebody/granary/granary-gateway", StringComparison.Ordinal)
        .Replace("$repository$", "Somebody/Granary", StringComparison.Ordinal)
        .Replace("$owner$", "Somebody", StringComparison.Ordinal);

    private static IEnumerable<JsonElement> Inputs(JsonElement package) =>
        from member in package.EnumerateObject()
        where member.Name is "environmentVariables" or "packageArguments" or "runtimeArguments"
        from input in member.Value.EnumerateArray()
        select input;

    private static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(member => member.Name);

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    [GeneratedRegex("^[a-zA-Z0-9][a-zA-Z0-9.-]*[a-zA-Z0-9]/[a-zA-Z0-9][a-zA-Z0-9._-]*[a-zA-Z0-9]$")]
    private static partial Regex ServerName();
}
