using System.Text;
using Granary.Gateway.Resources;
using ModelContextProtocol.Protocol;

namespace Granary.Conformance.Tests.Fixtures;

internal sealed class FixtureResources : IResources
{
    public const string Watched = "test://watched-resource";
    private const string Text = "test://static-text";
    private const string Binary = "test://static-binary";
    private const string Prefix = "test://template/";
    private const string Suffix = "/data";

    public bool IsPrivate => false;

    public IReadOnlyList<ResourceTemplate> Templates { get; } =
    [
        new() { UriTemplate = "test://template/{id}/data", Name = "template", Description = "Data for an id", MimeType = "application/json" },
    ];

    public ValueTask<ResourcePage> ListAsync(ResourceCall call, string? after, int limit) => new(ResourcePage.Of(
    [
        new() { Uri = Binary, Name = "static-binary", Description = "An image", MimeType = "image/png" },
        new() { Uri = Text, Name = "static-text", Description = "A text", MimeType = "text/plain" },
        new() { Uri = Watched, Name = "watched-resource", Description = "A resource that changes", MimeType = "text/plain" },
    ], after, limit));

    public ValueTask<ReadResourceResult?> ReadAsync(ResourceCall call) => new(Read(call.Uri) is { } contents
        ? new ReadResourceResult { Contents = [contents] }
        : null);

    public bool CanSubscribe(string uri) => uri == Watched;

    private static ResourceContents? Read(string uri) => uri switch
    {
        Text => new TextResourceContents { Uri = uri, MimeType = "text/plain", Text = "This is the content of the static text resource." },
        Binary => new BlobResourceContents { Uri = uri, MimeType = "image/png", Blob = Encoding.ASCII.GetBytes(FixtureTool.Png) },
        Watched => new TextResourceContents { Uri = uri, MimeType = "text/plain", Text = "Watched." },
        _ when uri.StartsWith(Prefix, StringComparison.Ordinal) && uri.EndsWith(Suffix, StringComparison.Ordinal) && uri.Length > Prefix.Length + Suffix.Length =>
            Template(uri, uri[Prefix.Length..^Suffix.Length]),
        _ => null,
    };

    private static TextResourceContents Template(string uri, string id) => new()
    {
        Uri = uri,
        MimeType = "application/json",
        Text = $$"""{"id":"{{id}}","templateTest":true,"data":"Data for ID: {{id}}"}""",
    };
}
