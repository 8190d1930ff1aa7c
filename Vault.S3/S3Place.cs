namespace Granary.Vault.S3;

/// <summary>Where in object storage an archive is, as <c>s3://bucket/prefix?endpoint=https://…&amp;region=…</c> says it.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="Prefix">What every object's name begins with: empty, or it ends with <c>/</c>.</param>
/// <param name="Endpoint">The service's address; null for Amazon's own.</param>
/// <param name="Region">The region; null for what the environment says.</param>
public sealed record S3Place(string Bucket, string Prefix, Uri? Endpoint, string? Region)
{
    private const string Form = "s3://bucket/prefix?endpoint=https://minio.example.com&region=us-east-1, prefix, endpoint and region as needed";

    /// <summary>Reads one.</summary>
    /// <exception cref="FormatException">It is none; the message says what it looks like, and shows nothing of it, for somebody may have put a password there.</exception>
    public static S3Place Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme != "s3" || address.Host.Length == 0 || address.UserInfo.Length > 0)
            throw new FormatException($"An archive in object storage is {Form}; credentials are none of it.");
        var prefix = Uri.UnescapeDataString(address.AbsolutePath).Trim('/');
        var place = new S3Place(address.Host, prefix.Length == 0 ? "" : prefix + "/", null, null);
        foreach (var part in address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var value = Uri.UnescapeDataString(part[(part.IndexOf('=', StringComparison.Ordinal) + 1)..]);
            place = part.Split('=')[0] switch
            {
                "endpoint" when Uri.TryCreate(value, UriKind.Absolute, out var endpoint) && endpoint.Scheme is "http" or "https" && endpoint.UserInfo.Length == 0 =>
                    place with { Endpoint = endpoint },
                "region" when value.Length > 0 => place with { Region = value },
                _ => throw new FormatException($"An archive in object storage is {Form}; '{part.Split('=')[0]}' is no part of it, or its value cannot be used."),
            };
        }
        return place;
    }
}
