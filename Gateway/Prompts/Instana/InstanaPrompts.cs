using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json.Nodes;
using Granary.Gateway.Configuration;
using Granary.Gateway.Invocation;
using Granary.Gateway.Resources;

namespace Granary.Gateway.Prompts.Instana;

/// <summary>The prompts about an Instana backend, under the names that clients of mcp-instana know.</summary>
internal sealed class InstanaPrompts(GatewayOptions options, InstanaAccess access, TimeProvider time) : IPromptSource
{
    /// <summary>The tools that prompts may call, by the category that switches them on.</summary>
    public static readonly FrozenDictionary<string, string> CategoryOfTool = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["manage_applications"] = "app",
        ["manage_infrastructure"] = "infra",
        ["manage_events"] = "events",
        ["manage_automation"] = "automation",
        ["manage_websites"] = "website",
        ["manage_mobile_apps"] = "mobile_app",
        ["manage_custom_dashboards"] = "settings",
        ["manage_slo"] = "slo",
        ["manage_releases"] = "releases",
        ["manage_maintenance_windows"] = "maintenance",
        ["manage_synthetics"] = "synthetic",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly string[] Files = ["app", "events", "infra", "maintenance", "mobile_app", "settings", "synthetic", "website"];

    public IEnumerable<IPrompt> Prompts
    {
        get
        {
            var reader = new InstanaReader(access);
            var arguments = new ArgumentDictionary(Load("arguments"));
            return Files
                .SelectMany(file => new PromptFile(Load(file), arguments).Read())
                .Select(prompt => new InstanaPrompt(prompt, arguments, IsServed, reader, time));
        }
    }

    private bool IsServed(string tool) => options.Selects([CategoryOfTool[tool]]);

    private static JsonObject Load(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("prompts/" + name)
            ?? throw new InvalidOperationException($"The prompts of '{name}' are not in the program.");
        return JsonNode.Parse(stream)!.AsObject();
    }
}
