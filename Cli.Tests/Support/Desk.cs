using System.Text.Json.Nodes;

namespace Granary.Cli.Tests.Support;

/// <summary>A folder of its own for each test, with short ways to make and fill vaults in it.</summary>
internal sealed class Desk : IDisposable
{
    public Desk() => Directory.CreateDirectory(Path);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "provara-" + Guid.NewGuid().ToString("N"));

    public string Vault => At("notes");

    public string Keys => At("keys.json");

    public string At(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>Makes the vault with its keys beside it.</summary>
    public async Task InitAsync(params string[] more) =>
        (await Provara.RunAsync(["init", Vault, "--private-keys", Keys, .. more])).Succeeded();

    /// <summary>Appends an observation and returns its id.</summary>
    public async Task<string> AppendAsync(string subject = "door", string value = "open", params string[] more)
    {
        var data = $$"""{"subject":"{{subject}}","predicate":"state","value":"{{value}}"}""";
        var appended = await Provara.RunAsync(["append", Vault, "--type", "OBSERVATION", "--data", data, "--keyfile", Keys, "--json", .. more]);
        return appended.Succeeded().Json["event_id"]!.GetValue<string>();
    }

    public async Task<Printed> VerifyAsync(params string[] more) => await Provara.RunAsync(["verify", Vault, .. more]);

    public string[] EventLines() => File.ReadAllLines(At("notes", "events", "events.ndjson"));

    public JsonObject Event(int position) => JsonNode.Parse(EventLines()[position])!.AsObject();

    /// <summary>Changes the log behind everybody's back.</summary>
    public void Tamper(Func<string, string> change)
    {
        var log = At("notes", "events", "events.ndjson");
        File.WriteAllText(log, change(File.ReadAllText(log)));
    }

    /// <summary>Copies a fixture vault, with the empty folders that git does not keep.</summary>
    public string CopyFixture(string name)
    {
        var source = System.IO.Path.Combine(AppContext.BaseDirectory, "Fixtures", name);
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = At(name, System.IO.Path.GetRelativePath(source, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        Directory.CreateDirectory(At(name, "state"));
        Directory.CreateDirectory(At(name, "artifacts", "cas"));
        return At(name);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
