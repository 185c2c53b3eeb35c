using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Net.Http.Headers;

namespace Microsoft.ML.SoftPrompt.AspNetCore.Http;

/// <summary>Reads and checks bodies of JSON.</summary>
internal static partial class RequestBody
{
    // A body that comes slowly holds one of the places for requests: Kestrel's own 240 bytes a second would let a few clients hold them all for hours.
    private static readonly MinDataRate SlowestBody = new(bytesPerSecond: 16 << 10, gracePeriod: TimeSpan.FromSeconds(5));

    /// <exception cref="RequestFault">The body is too long, not JSON, or not of the shape expected.</exception>
    public static async Task<T> Read<T>(HttpContext context, JsonTypeInfo<T> shape, SoftPromptModelOptions options)
        where T : class
    {
        if (MediaTypeHeaderValue.TryParse(context.Request.ContentType, out MediaTypeHeaderValue? type) && type.Charset.HasValue && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            throw UnsupportedMediaType(context);
        if (context.Request.Headers.ContentEncoding is { Count: > 0 } encoding && !encoding.ToString().Equals("identity", StringComparison.OrdinalIgnoreCase))
            throw new RequestFault(StatusCodes.Status415UnsupportedMediaType, $"The content encoding is '{Cut(encoding.ToString())}'; expected none. Send the body uncompressed.");
        if (context.Request.ContentLength > options.MaxRequestBodySize)
            throw RequestGate.TooLarge(options);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = options.MaxRequestBodySize;
        // HTTP/2 has one rate for a connection, and none for a request.
        if (HttpProtocol.IsHttp11(context.Request.Protocol) && context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = SlowestBody;
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.BodyReader, shape, context.RequestAborted)
                ?? throw new RequestFault(StatusCodes.Status400BadRequest, "The body is null; expected an object. /openapi/v1.json describes it where it is served.");
        }
        catch (JsonException fault)
        {
            throw new RequestFault(StatusCodes.Status400BadRequest, Explain(fault));
        }
    }

    public static RequestFault UnsupportedMediaType(HttpContext context) => new(
        StatusCodes.Status415UnsupportedMediaType,
        $"The content type is {(context.Request.ContentType is { Length: > 0 } found ? $"'{Cut(found)}'" : "not given")}; expected application/json, in UTF-8. Set the header Content-Type: application/json.");

    /// <summary>The values as the model takes them: NaN where one is missing.</summary>
    /// <param name="values">As they were sent.</param>
    /// <param name="path">Where they stand in the body, as JSON path.</param>
    /// <param name="options">The limits.</param>
    /// <exception cref="RequestFault">There are none, too many, or one is beyond single precision.</exception>
    public static float[] Check(float?[] values, string path, SoftPromptModelOptions options)
    {
        if (values.Length == 0)
            throw Unprocessable($"{path} is empty; expected 1 to {options.MaxValuesPerSeries:N0} values.");
        if (values.Length > options.MaxValuesPerSeries)
            throw Unprocessable($"{path} has {values.Length:N0} values; the limit is {options.MaxValuesPerSeries:N0}. Send the series in parts that overlap by a window.");
        int infinite = Array.FindIndex(values, value => value is { } number && !float.IsFinite(number));
        if (infinite >= 0)
            throw Unprocessable($"{path}[{infinite}] is beyond single precision (±{float.MaxValue:0.###e0}); expected a number within, or null for a missing value.");
        return Array.ConvertAll(values, value => value ?? float.NaN);
    }

    /// <exception cref="RequestFault">The key is too long.</exception>
    public static void CheckKey(string? key, string path)
    {
        if (key?.Length > MaxKeyLength)
            throw Unprocessable($"{path} has {key.Length:N0} characters; the limit is {MaxKeyLength}.");
    }

    // Names of hosts, sensors and patients are shorter.
    private const int MaxKeyLength = 256;

    public static RequestFault Unprocessable(string detail) => new(StatusCodes.Status422UnprocessableEntity, detail);

    private static string Explain(JsonException fault)
    {
        string path = fault.Path is null or "$" ? "The body" : Cut(fault.Path);
        string place = fault.LineNumber is { } line ? $" (line {line + 1}, byte {fault.BytePositionInLine + 1})" : "";
        // The reader's own errors tell of the text; the others name types of this program, which say nothing to a client.
        if (fault.InnerException is JsonException reader)
            return $"The body is not JSON as expected{place}: {Place().Replace(reader.Message, "")} Numbers are written as in 1.5 or 2e-3, a missing value as null; NaN and Infinity are not JSON.";
        if (fault.Message.StartsWith("The JSON property", StringComparison.Ordinal) || fault.Message.StartsWith("Duplicate", StringComparison.Ordinal))
            return $"{path}{place} is not a member of the body, or stands there twice. Check its name.";
        if (fault.Message.Contains("missing required properties", StringComparison.Ordinal))
            return $"{path}{place} has no values; expected an array of numbers, \"values\".";
        return $"{path}{place} is not of the type expected: values are numbers, or null for a missing value; keys are strings; times are strings as 2026-01-31T23:59:00Z.";
    }

    // The reader appends its own words for the place.
    [GeneratedRegex(@" (Path: .*|LineNumber: \d+ \| BytePositionInLine: \d+\.)$", RegexOptions.Singleline)]
    private static partial Regex Place();

    private static string Cut(string text) => text.Length <= 80 ? text : text[..80] + "…";
}
