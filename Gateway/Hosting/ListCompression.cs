using System.IO.Compression;
using Granary.Gateway.Protocol.Http;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Options;

namespace Granary.Gateway.Hosting;

/// <summary>
/// Compresses lists for clients that accept it, where the operator asks for it: those of tools and prompts have a hundred kilobytes of text that repeats
/// itself. Nothing else is compressed: what a client sends may come back beside what it must not learn, and the length of the two together would tell (BREACH).
/// </summary>
internal static class ListCompression
{
    public static void AddListCompression(this IServiceCollection services) => services
        .AddResponseCompression(options => options.EnableForHttps = true)
        .Configure<BrotliCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest)
        .Configure<GzipCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest)
        .AddSingleton<IResponseCompressionProvider, Provider>();

    private sealed class Provider(IServiceProvider services, IOptions<ResponseCompressionOptions> options) : ResponseCompressionProvider(services, options)
    {
        public override bool ShouldCompressResponse(HttpContext context) => HttpReply.IsList(context) && base.ShouldCompressResponse(context);
    }
}
