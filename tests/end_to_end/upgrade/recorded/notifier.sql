CREATE SCHEMA qcdc;


SET default_tablespace = '';

SET default_table_access_method = heap;

CREATE TABLE qcdc.dead_letter (
    topic text NOT NULL,
    partition integer NOT NULL,
    "offset" bigint NOT NULL,
    reason text NOT NULL,
    key bytea,
    value bytea,
    appended_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL
);


CREATE TABLE qcdc.delivery (
    notice_id text NOT NULL,
    attempt integer NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    outcome text NOT NULL,
    detail text NOT NULL
);


CREATE TABLE qcdc.directory_entity (
    key text NOT NULL,
    content text NOT NULL
);


CREATE TABLE qcdc.directory_incoming (
    key text NOT NULL,
    content text
);


CREATE TABLE qcdc.directory_revision (
    id bigint NOT NULL,
    revision integer NOT NULL,
    base integer NOT NULL,
    entities integer NOT NULL,
    checksum text NOT NULL,
    document text NOT NULL,
    published_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    refused text
);


ALTER TABLE qcdc.directory_revision ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME qcdc.directory_revision_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE qcdc.due_change (
    unit text NOT NULL,
    form text NOT NULL,
    period text NOT NULL,
    was timestamp with time zone NOT NULL,
    becomes timestamp with time zone NOT NULL,
    rule text NOT NULL,
    because text NOT NULL,
    document text NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT due_change_check CHECK (((becomes > was) OR (because = 'rejudged'::text)))
);


CREATE TABLE qcdc.duty (
    unit text NOT NULL,
    form text NOT NULL,
    period text NOT NULL,
    province text NOT NULL,
    committee text NOT NULL,
    due_at timestamp with time zone NOT NULL,
    deadline_rule text NOT NULL,
    state text NOT NULL,
    turn integer DEFAULT 0 NOT NULL,
    CONSTRAINT duty_state_check CHECK ((state = ANY (ARRAY['open'::text, 'overdue'::text, 'met'::text, 'excused'::text])))
);


CREATE TABLE qcdc.filing (
    unit text NOT NULL,
    form text NOT NULL,
    period text NOT NULL,
    revision integer NOT NULL,
    first_received_at timestamp with time zone,
    withdrawn boolean NOT NULL,
    on_time boolean,
    CONSTRAINT filing_check CHECK ((withdrawn = (first_received_at IS NULL))),
    CONSTRAINT filing_revision_check CHECK ((revision > 0))
);


CREATE TABLE qcdc.migration (
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);


CREATE TABLE qcdc.notice (
    notice_id text NOT NULL,
    committee text NOT NULL,
    recipient text NOT NULL,
    channel text NOT NULL,
    state text DEFAULT 'planned'::text NOT NULL,
    message_id text,
    subject text,
    body text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    send_after timestamp with time zone NOT NULL,
    lease_until timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    doubtful boolean DEFAULT false NOT NULL,
    sent_at timestamp with time zone,
    CONSTRAINT notice_check CHECK (((state = 'sent'::text) = (sent_at IS NOT NULL))),
    CONSTRAINT notice_state_check CHECK ((state = ANY (ARRAY['planned'::text, 'sent'::text, 'cancelled'::text, 'failed'::text])))
);


CREATE TABLE qcdc.notice_item (
    notice_id text NOT NULL,
    unit text NOT NULL,
    form text NOT NULL,
    period text NOT NULL,
    stage text NOT NULL,
    recipient text NOT NULL,
    channel text NOT NULL,
    left_out_at timestamp with time zone,
    due_at timestamp with time zone NOT NULL
);


CREATE TABLE qcdc.outbox (
    id bigint NOT NULL,
    topic text NOT NULL,
    partition integer,
    key bytea,
    headers text[] NOT NULL,
    body bytea NOT NULL,
    written_at timestamp with time zone DEFAULT now() NOT NULL
);


ALTER TABLE qcdc.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME qcdc.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE qcdc."position" (
    stream text NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    next_offset bigint NOT NULL,
    unreadable_in_a_row integer DEFAULT 0 NOT NULL,
    moved_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT position_next_offset_check CHECK ((next_offset >= 0))
);


CREATE TABLE qcdc.stage (
    unit text NOT NULL,
    form text NOT NULL,
    period text NOT NULL,
    stage text NOT NULL,
    recorded_at timestamp with time zone NOT NULL
);


CREATE TABLE qcdc.watermark (
    only_row boolean DEFAULT true NOT NULL,
    watermark timestamp with time zone NOT NULL,
    CONSTRAINT watermark_only_row_check CHECK (only_row)
);


INSERT INTO qcdc.dead_letter VALUES
	('qcdc.reports.v1', 0, 16, 'not_json', '\x39372e31', '\x7b', '2026-12-01 00:54:28.566+00', '2026-12-01 00:54:28.571127+00');


INSERT INTO qcdc.delivery VALUES
	('f44565ef-77d2-5eb1-b7de-6d4df7dda1c7', 1, '2026-12-01 00:54:27.207969+00', 'taken', 'OK'),
	('aa104790-126f-5e33-a20a-aa4e43fddea5', 1, '2026-12-01 00:54:33.32113+00', 'put_off', 'SMTPConnectError("Error connecting to 127.0.0.1 on port 20180: [Errno 111] Connect call failed (''127.0.0.1'', 20180)")');


INSERT INTO qcdc.directory_entity VALUES
	('calendar', '{"days_off":["2016-01-01","2016-02-07","2016-02-08","2016-02-09","2016-02-10","2016-02-11","2016-02-12","2016-04-16","2016-04-18","2016-04-30","2016-05-01","2016-05-02","2016-05-03","2016-09-02","2017-01-01","2017-01-02","2017-01-26","2017-01-27","2017-01-28","2017-01-29","2017-01-30","2017-01-31","2017-02-01","2017-04-06","2017-04-30","2017-05-01","2017-05-02","2017-09-02","2017-09-04","2018-01-01","2018-02-14","2018-02-15","2018-02-16","2018-02-17","2018-02-18","2018-02-19","2018-02-20","2018-04-25","2018-04-30","2018-05-01","2018-09-02","2018-09-03","2018-12-31","2019-01-01","2019-02-04","2019-02-05","2019-02-06","2019-02-07","2019-02-08","2019-04-14","2019-04-15","2019-04-29","2019-04-30","2019-05-01","2019-09-02","2020-01-01","2020-01-23","2020-01-24","2020-01-25","2020-01-26","2020-01-27","2020-01-28","2020-01-29","2020-04-02","2020-04-30","2020-05-01","2020-09-02","2021-01-01","2021-02-10","2021-02-11","2021-02-12","2021-02-13","2021-02-14","2021-02-15","2021-02-16","2021-04-21","2021-04-30","2021-05-01","2021-05-03","2021-09-02","2021-09-03","2022-01-01","2022-01-03","2022-01-31","2022-02-01","2022-02-02","2022-02-03","2022-02-04","2022-04-10","2022-04-11","2022-04-30","2022-05-01","2022-05-02","2022-05-03","2022-09-01","2022-09-02","2023-01-01","2023-01-02","2023-01-20","2023-01-21","2023-01-22","2023-01-23","2023-01-24","2023-01-25","2023-01-26","2023-04-29","2023-04-30","2023-05-01","2023-05-02","2023-05-03","2023-09-01","2023-09-02","2023-09-04","2024-01-01","2024-02-08","2024-02-09","2024-02-10","2024-02-11","2024-02-12","2024-02-13","2024-02-14","2024-04-18","2024-04-29","2024-04-30","2024-05-01","2024-09-02","2024-09-03","2025-01-01","2025-01-27","2025-01-28","2025-01-29","2025-01-30","2025-01-31","2025-02-01","2025-04-07","2025-04-30","2025-05-01","2025-05-02","2025-09-01","2025-09-02","2026-01-01","2026-01-02","2026-02-16","2026-02-17","2026-02-18","2026-02-19","2026-02-20","2026-04-26","2026-04-27","2026-04-30","2026-05-01","2026-08-31","2026-09-01","2026-09-02","2026-11-24","2027-01-01","2027-02-04","2027-02-05","2027-02-06","2027-02-07","2027-02-08","2027-02-09","2027-02-10","2027-04-16","2027-04-30","2027-05-01","2027-05-03","2027-09-02","2027-09-03","2027-11-24","2028-01-01","2028-01-03","2028-01-24","2028-01-25","2028-01-26","2028-01-27","2028-01-28","2028-01-29","2028-04-04","2028-04-30","2028-05-01","2028-05-02","2028-09-01","2028-09-02","2028-09-04","2028-11-24","2029-01-01","2029-02-12","2029-02-13","2029-02-14","2029-02-15","2029-02-16","2029-04-23","2029-04-30","2029-05-01","2029-09-02","2029-09-03","2029-09-04","2029-11-24","2029-11-26","2030-01-01","2030-01-31","2030-02-01","2030-02-02","2030-02-03","2030-02-04","2030-02-05","2030-02-06","2030-04-12","2030-04-30","2030-05-01","2030-09-02","2030-09-03","2030-11-24","2030-11-25","2031-01-01","2031-01-21","2031-01-22","2031-01-23","2031-01-24","2031-01-25","2031-01-26","2031-01-27","2031-04-01","2031-04-30","2031-05-01","2031-09-01","2031-09-02","2031-11-24"],"days_worked":["2019-01-05","2019-05-04","2024-05-04","2025-04-26","2026-01-10","2026-08-22"],"first":"2016-01-01","last":"2031-12-31"}'),
	('regime/cal', '{"code":"cal","label_vi":"Kỳ báo cáo theo tháng dương lịch","rules":[{"code":"cal.5wd","hour":"17:00","level":null,"source":"Mặc định của hệ thống: năm ngày làm việc để kịp tổng hợp qua các cấp; chưa thấy văn bản quy định","state":"default","valid_from":"2017-01-01","valid_to":null,"working_days_after_close":5}]}'),
	('regime/nd09', '{"code":"nd09","label_vi":"Chế độ báo cáo định kỳ theo Nghị định 09/2019/NĐ-CP","rules":[{"code":"nd09.2wd","hour":"17:00","level":null,"source":"Khánh Hòa, Quyết định 01/2023/QĐ-UBND, Điều 4; Nghị định 09/2019/NĐ-CP, Điều 8(5)b","state":"custom","valid_from":"2017-01-01","valid_to":null,"working_days_after_close":2}]}'),
	('unit/97.1', '{"level":"province","predecessors":[],"states":[{"name":"Tỉnh Mẫu Một","official_code":"97","parent":null,"type":"tinh","valid_from":null,"valid_to":null}],"unit":"97.1"}'),
	('unit/97001.1', '{"level":"commune","predecessors":[],"states":[{"name":"Xã mẫu 97001","official_code":"97001","parent":"97.1","type":"xa","valid_from":null,"valid_to":null}],"unit":"97001.1"}'),
	('unit/97002.1', '{"level":"commune","predecessors":[],"states":[{"name":"Xã mẫu 97002","official_code":"97002","parent":"97.1","type":"xa","valid_from":null,"valid_to":null}],"unit":"97002.1"}'),
	('unit/97003.1', '{"level":"commune","predecessors":[],"states":[{"name":"Xã mẫu 97003","official_code":"97003","parent":"97.1","type":"xa","valid_from":null,"valid_to":null}],"unit":"97003.1"}'),
	('unit/97004.1', '{"level":"commune","predecessors":[],"states":[{"name":"Xã mẫu 97004","official_code":"97004","parent":"97.1","type":"xa","valid_from":null,"valid_to":null}],"unit":"97004.1"}'),
	('unit/97005.1', '{"level":"commune","predecessors":[],"states":[{"name":"Xã mẫu 97005","official_code":"97005","parent":"97.1","type":"xa","valid_from":null,"valid_to":null}],"unit":"97005.1"}'),
	('unit/98.1', '{"level":"province","predecessors":[],"states":[{"name":"Tỉnh Mẫu Hai","official_code":"98","parent":null,"type":"tinh","valid_from":null,"valid_to":null}],"unit":"98.1"}'),
	('unit/98001.1', '{"level":"commune","predecessors":[],"states":[{"name":"Xã mẫu 98001","official_code":"98001","parent":"98.1","type":"xa","valid_from":null,"valid_to":"2023-06-30"}],"unit":"98001.1"}'),
	('unit/98002.1', '{"level":"commune","predecessors":[],"states":[{"name":"Xã mẫu 98002","official_code":"98002","parent":"98.1","type":"xa","valid_from":null,"valid_to":"2023-06-30"}],"unit":"98002.1"}'),
	('unit/98003.1', '{"level":"commune","predecessors":[],"states":[{"name":"Xã mẫu 98003","official_code":"98003","parent":"98.1","type":"xa","valid_from":null,"valid_to":"2023-06-30"}],"unit":"98003.1"}'),
	('unit/98009.2', '{"level":"commune","predecessors":[{"decision":"Nghị quyết gộp","effective_on":"2023-07-01","kind":"whole","unit":"98001.1","verified":true},{"decision":"Nghị quyết gộp","effective_on":"2023-07-01","kind":"whole","unit":"98002.1","verified":true},{"decision":"Nghị quyết gộp","effective_on":"2023-07-01","kind":"whole","unit":"98003.1","verified":true}],"states":[{"name":"Xã mẫu 98009","official_code":"98009","parent":"98.1","type":"xa","valid_from":"2023-07-01","valid_to":null}],"unit":"98009.2"}'),
	('unit/99.1', '{"level":"province","predecessors":[],"states":[{"name":"Tỉnh Mẫu Ba","official_code":"99","parent":null,"type":"tinh","valid_from":null,"valid_to":null}],"unit":"99.1"}'),
	('unit/99001.1', '{"level":"commune","predecessors":[],"states":[{"name":"Xã mẫu 99001","official_code":"99001","parent":"99.1","type":"xa","valid_from":null,"valid_to":null}],"unit":"99001.1"}'),
	('committee/mau-mot', '{"area":"97.1","contacts":[],"demands":[{"deadline":"chậm nhất ngày 31/12/2099","document":"Công văn cal.2023-M01","due_at":null,"form":"F05","period":"cal.2023-M01"},{"deadline":"chậm nhất ngày 10/03/2023","document":"Công văn cal.2023-M02","due_at":null,"form":"F05","period":"cal.2023-M02"},{"deadline":"chậm nhất ngày 10/04/2023","document":"Công văn cal.2023-M03","due_at":null,"form":"F05","period":"cal.2023-M03"},{"deadline":"chậm nhất ngày 10/06/2023","document":"Công văn cal.2023-M05","due_at":null,"form":"F05","period":"cal.2023-M05"}],"extensions":[{"deadline":"chậm nhất ngày 31/12/2099","document":"Công văn gia hạn cal.2023-M03","due_at":null,"form":"F05","period":"cal.2023-M03","units":["97001.1","97002.1"]},{"deadline":"chậm nhất ngày 31/12/2099","document":"Công văn gia hạn cal.2023-M05","due_at":null,"form":"F05","period":"cal.2023-M05","units":[]}],"key":"mau-mot","letter_style":"party","name_vi":"Ban Chỉ đạo mau-mot","programmes":["dan_van_kheo"],"roles":[{"decision":"","email":"mau-mot@example.vn","name":"Trần Văn Mẫu","role":"can_bo_dau_moi","valid_from":null,"valid_to":null}],"standing_agencies":[],"valid_from":null,"valid_to":null}'),
	('unit/97006.1', '{"level":"commune","predecessors":[],"states":[{"name":"Xã mẫu 97006","official_code":"97006","parent":"97.1","type":"xa","valid_from":null,"valid_to":"2023-06-30"},{"name":"Xã đổi tên","official_code":"97006","parent":"97.1","type":"xa","valid_from":"2023-07-01","valid_to":null}],"unit":"97006.1"}'),
	('committee/mau-hai', '{"area":"98.1","contacts":[],"demands":[{"deadline":"chậm nhất ngày 10/03/2023","document":"Công văn cal.2023-M02","due_at":null,"form":"F05","period":"cal.2023-M02"}],"extensions":[],"key":"mau-hai","letter_style":"party","name_vi":"Ban Chỉ đạo mau-hai","programmes":["dan_van_kheo"],"roles":[{"decision":"","email":"mau-hai@example.vn","name":"Trần Văn Mẫu","role":"can_bo_dau_moi","valid_from":null,"valid_to":null}],"standing_agencies":[],"valid_from":null,"valid_to":null}');


INSERT INTO qcdc.directory_incoming VALUES
	('unit/97005.1', '{"level":"commune","predecessors":[],"states":[{"name":"Xã dở dang 97005","official_code":"97005","parent":"97.1","type":"xa","valid_from":null,"valid_to":null}],"unit":"97005.1"}');


INSERT INTO qcdc.directory_revision OVERRIDING SYSTEM VALUE VALUES
	(1, 1, 0, 17, '18fa7b56695a4929b478d6f6666e2b7ff4951e9bd49c892cfc599a9214652b62', 'tools/line', '2026-12-01 00:54:21.056338+00', '2026-12-01 00:54:22.58621+00', NULL),
	(2, 2, 1, 18, '2170d3b150cce98c004455b743c081b46f54d06eb978268600fe74b9b9a0599f', 'committees', '2026-12-01 00:54:24.356986+00', '2026-12-01 00:54:24.619103+00', NULL),
	(3, 3, 2, 18, 'e89dbf31acf3c5de3a0e124fe7e2737815f58e29946f0faaa50a2aeafc877ba6', 'committees', '2026-12-01 00:54:28.695239+00', '2026-12-01 00:54:28.768454+00', NULL),
	(4, 4, 3, 18, '6ab778cfaea2a05aaaf0f64992e85f5187372e7ef421e0a3ed5c3fca13fbd98e', 'committees', '2026-12-01 00:54:28.695239+00', '2026-12-01 00:54:29.461773+00', 'is incomplete: 18 entities were read, 18 are meant, or some are others than were meant'),
	(5, 5, 3, 18, '5b221bf38701ec2c43ad111913a5a7f0fcba2a74bd25aa308c0a75cbbcf896cc', 'renamed', '2026-12-01 00:54:29.47917+00', '2026-12-01 00:54:29.529396+00', NULL),
	(6, 6, 5, 19, '62b91b4c0a9dcd8d4429237e926a13dd3de3e4cddde037837416abe41d3b1a00', 'second', '2026-12-01 00:54:31.429392+00', '2026-12-01 00:54:31.461439+00', NULL);


INSERT INTO qcdc.due_change VALUES
	('97006.1', 'F05', 'cal.2023-M05', '2023-06-10 17:00:00+00', '2099-12-31 17:00:00+00', 'Công văn gia hạn cal.2023-M05', 'extension', 'Công văn gia hạn cal.2023-M05', '2026-12-01 00:54:29.289701+00'),
	('97005.1', 'F05', 'cal.2023-M05', '2023-06-10 17:00:00+00', '2099-12-31 17:00:00+00', 'Công văn gia hạn cal.2023-M05', 'extension', 'Công văn gia hạn cal.2023-M05', '2026-12-01 00:54:29.289701+00'),
	('97003.1', 'F05', 'cal.2023-M05', '2023-06-10 17:00:00+00', '2099-12-31 17:00:00+00', 'Công văn gia hạn cal.2023-M05', 'extension', 'Công văn gia hạn cal.2023-M05', '2026-12-01 00:54:29.289701+00'),
	('97002.1', 'F05', 'cal.2023-M03', '2023-04-10 17:00:00+00', '2099-12-31 17:00:00+00', 'Công văn gia hạn cal.2023-M03', 'extension', 'Công văn gia hạn cal.2023-M03', '2026-12-01 00:54:29.289701+00'),
	('97004.1', 'F05', 'cal.2023-M05', '2023-06-10 17:00:00+00', '2099-12-31 17:00:00+00', 'Công văn gia hạn cal.2023-M05', 'extension', 'Công văn gia hạn cal.2023-M05', '2026-12-01 00:54:29.289701+00'),
	('97001.1', 'F05', 'cal.2023-M03', '2023-04-10 17:00:00+00', '2099-12-31 17:00:00+00', 'Công văn gia hạn cal.2023-M03', 'extension', 'Công văn gia hạn cal.2023-M03', '2026-12-01 00:54:29.289701+00'),
	('97001.1', 'F05', 'cal.2023-M05', '2023-06-10 17:00:00+00', '2099-12-31 17:00:00+00', 'Công văn gia hạn cal.2023-M05', 'rejudged', 'Công văn phúc tra', '2026-12-01 00:54:30.375115+00'),
	('97002.1', 'F05', 'cal.2023-M05', '2023-06-10 17:00:00+00', '2099-12-31 17:00:00+00', 'Công văn gia hạn cal.2023-M05', 'rejudged', 'Công văn phúc tra', '2026-12-01 00:54:30.375115+00');


INSERT INTO qcdc.duty VALUES
	('97003.1', 'F05', 'cal.2023-M01', '97.1', 'mau-mot', '2099-12-31 17:00:00+00', 'Công văn cal.2023-M01', 'open', 0),
	('97004.1', 'F05', 'cal.2023-M01', '97.1', 'mau-mot', '2099-12-31 17:00:00+00', 'Công văn cal.2023-M01', 'open', 0),
	('97006.1', 'F05', 'cal.2023-M01', '97.1', 'mau-mot', '2099-12-31 17:00:00+00', 'Công văn cal.2023-M01', 'open', 0),
	('97003.1', 'F05', 'cal.2023-M02', '97.1', 'mau-mot', '2023-03-10 17:00:00+00', 'Công văn cal.2023-M02', 'overdue', 0),
	('97004.1', 'F05', 'cal.2023-M02', '97.1', 'mau-mot', '2023-03-10 17:00:00+00', 'Công văn cal.2023-M02', 'overdue', 0),
	('97005.1', 'F05', 'cal.2023-M02', '97.1', 'mau-mot', '2023-03-10 17:00:00+00', 'Công văn cal.2023-M02', 'overdue', 0),
	('97006.1', 'F05', 'cal.2023-M02', '97.1', 'mau-mot', '2023-03-10 17:00:00+00', 'Công văn cal.2023-M02', 'overdue', 0),
	('97003.1', 'F05', 'cal.2023-M03', '97.1', 'mau-mot', '2023-04-10 17:00:00+00', 'Công văn cal.2023-M03', 'overdue', 0),
	('97004.1', 'F05', 'cal.2023-M03', '97.1', 'mau-mot', '2023-04-10 17:00:00+00', 'Công văn cal.2023-M03', 'overdue', 0),
	('97005.1', 'F05', 'cal.2023-M03', '97.1', 'mau-mot', '2023-04-10 17:00:00+00', 'Công văn cal.2023-M03', 'overdue', 0),
	('97006.1', 'F05', 'cal.2023-M03', '97.1', 'mau-mot', '2023-04-10 17:00:00+00', 'Công văn cal.2023-M03', 'overdue', 0),
	('97001.1', 'F05', 'cal.2023-M01', '97.1', 'mau-mot', '2099-12-31 17:00:00+00', 'Công văn cal.2023-M01', 'met', 0),
	('97005.1', 'F05', 'cal.2023-M01', '97.1', 'mau-mot', '2099-12-31 17:00:00+00', 'Công văn cal.2023-M01', 'met', 0),
	('97002.1', 'F05', 'cal.2023-M01', '97.1', 'mau-mot', '2099-12-31 17:00:00+00', 'Công văn cal.2023-M01', 'met', 0),
	('97001.1', 'F05', 'cal.2023-M02', '97.1', 'mau-mot', '2023-03-10 17:00:00+00', 'Công văn cal.2023-M02', 'met', 0),
	('97002.1', 'F05', 'cal.2023-M02', '97.1', 'mau-mot', '2023-03-10 17:00:00+00', 'Công văn cal.2023-M02', 'met', 0),
	('97003.1', 'F05', 'cal.2023-M04', '97.1', 'mau-mot', '2023-05-10 17:00:00+00', 'Công văn cal.2023-M04', 'excused', 1),
	('97004.1', 'F05', 'cal.2023-M04', '97.1', 'mau-mot', '2023-05-10 17:00:00+00', 'Công văn cal.2023-M04', 'excused', 1),
	('97006.1', 'F05', 'cal.2023-M05', '97.1', 'mau-mot', '2099-12-31 17:00:00+00', 'Công văn gia hạn cal.2023-M05', 'open', 0),
	('97005.1', 'F05', 'cal.2023-M05', '97.1', 'mau-mot', '2099-12-31 17:00:00+00', 'Công văn gia hạn cal.2023-M05', 'open', 0),
	('97001.1', 'F05', 'cal.2023-M04', '97.1', 'mau-mot', '2023-05-10 17:00:00+00', 'Công văn cal.2023-M04', 'excused', 1),
	('97003.1', 'F05', 'cal.2023-M05', '97.1', 'mau-mot', '2099-12-31 17:00:00+00', 'Công văn gia hạn cal.2023-M05', 'open', 0),
	('97002.1', 'F05', 'cal.2023-M03', '97.1', 'mau-mot', '2099-12-31 17:00:00+00', 'Công văn gia hạn cal.2023-M03', 'open', 0),
	('97004.1', 'F05', 'cal.2023-M05', '97.1', 'mau-mot', '2099-12-31 17:00:00+00', 'Công văn gia hạn cal.2023-M05', 'open', 0),
	('97001.1', 'F05', 'cal.2023-M03', '97.1', 'mau-mot', '2099-12-31 17:00:00+00', 'Công văn gia hạn cal.2023-M03', 'open', 0),
	('97001.1', 'F05', 'cal.2023-M05', '97.1', 'mau-mot', '2099-12-31 17:00:00+00', 'Công văn gia hạn cal.2023-M05', 'met', 0),
	('97002.1', 'F05', 'cal.2023-M05', '97.1', 'mau-mot', '2099-12-31 17:00:00+00', 'Công văn gia hạn cal.2023-M05', 'met', 0),
	('97006.1', 'F05', 'cal.2023-M04', '97.1', 'mau-mot', '2023-05-10 17:00:00+00', 'Công văn cal.2023-M04', 'excused', 1),
	('97002.1', 'F05', 'cal.2023-M04', '97.1', 'mau-mot', '2023-05-10 17:00:00+00', 'Công văn cal.2023-M04', 'excused', 1),
	('97005.1', 'F05', 'cal.2023-M04', '97.1', 'mau-mot', '2023-05-10 17:00:00+00', 'Công văn cal.2023-M04', 'excused', 1),
	('98001.1', 'F05', 'cal.2023-M02', '98.1', 'mau-hai', '2023-03-10 17:00:00+00', 'Công văn cal.2023-M02', 'overdue', 0),
	('98002.1', 'F05', 'cal.2023-M02', '98.1', 'mau-hai', '2023-03-10 17:00:00+00', 'Công văn cal.2023-M02', 'overdue', 0),
	('98003.1', 'F05', 'cal.2023-M02', '98.1', 'mau-hai', '2023-03-10 17:00:00+00', 'Công văn cal.2023-M02', 'overdue', 0);


INSERT INTO qcdc.filing VALUES
	('97006.1', 'F05', 'cal.2023-M01', 2, NULL, true, NULL),
	('97001.1', 'F05', 'cal.2023-M01', 2, '2026-12-01 00:54:27.245513+00', false, true),
	('97005.1', 'F05', 'cal.2023-M01', 1, '2026-12-01 00:54:27.510009+00', false, true),
	('97003.1', 'F05', 'cal.2023-M01', 2, NULL, true, NULL),
	('97001.1', 'F05', 'cal.2023-M02', 1, '2026-12-01 00:54:27.702978+00', false, false),
	('97002.1', 'F05', 'cal.2023-M02', 1, '2026-12-01 00:54:27.73+00', false, false),
	('97003.1', 'F05', 'cal.2023-Q2', 1, '2026-12-01 00:54:28.067062+00', false, false),
	('97003.1', 'F05', 'cal.2023-Q1', 2, '2026-12-01 00:54:28.024162+00', false, false),
	('98001.1', 'F05', 'cal.2023-Q2', 1, '2026-12-01 00:54:28.132911+00', false, false),
	('98002.1', 'F05', 'cal.2023-Q2', 1, '2026-12-01 00:54:28.162698+00', false, false),
	('98003.1', 'F05', 'cal.2023-Q2', 1, '2026-12-01 00:54:28.194504+00', false, false),
	('98009.2', 'F05', 'cal.2023-Q3', 1, '2026-12-01 00:54:28.274107+00', false, false),
	('97002.1', 'F05', 'cal.2023-M01', 2, '2026-12-01 00:54:27.422+00', false, true),
	('97001.1', 'F05', 'cal.2023-M05', 2, '2026-12-01 00:54:27.911514+00', false, true),
	('97002.1', 'F05', 'cal.2023-M05', 2, '2026-12-01 00:54:27.949+00', false, true);


INSERT INTO qcdc.migration VALUES
	('plumbing/0001_plumbing', 'aefb0d48185746f4e79865561433ab5b9bd23e8e4aaac862fb8d27941cb8a600', '2026-12-01 00:54:20.91813+00'),
	('plumbing/0002_directory', '00c69cf044a12aebcbf9a0919f0ba3ad0100550b4fffc99bc5317f5df00b031c', '2026-12-01 00:54:20.931684+00'),
	('service/0001_docket', '89611fae8123dffbfddb738f059408aa207027f21df38c950b7ce20c4285b79c', '2026-12-01 00:54:20.944526+00'),
	('service/0002_facts', '32fd494cc7fca43113aa375d63bd3c729b20d8f0a86459b4c1a54689e1c59846', '2026-12-01 00:54:20.97912+00');


INSERT INTO qcdc.notice VALUES
	('f44565ef-77d2-5eb1-b7de-6d4df7dda1c7', 'mau-mot', 'mau-mot@example.vn', 'email', 'sent', '<28726365ccddc5cfe712095a0b8d41ed@qcdc.example.vn>', '[QCDC] 06 đơn vị chưa gửi báo cáo theo 04 yêu cầu – Ban Chỉ đạo tỉnh Mẫu Một', 'Ban Chỉ đạo mau-mot

Kính gửi: đồng chí Trần Văn Mẫu

Tính đến 07 giờ 54, ngày 01 tháng 12 năm 2026, Ban Chỉ đạo chưa nhận được báo cáo của 06 đơn vị đã quá thời hạn gửi, cụ thể như sau:

1. Báo cáo phong trào thi đua "Dân vận khéo" tháng 2 năm 2023
   Kỳ số liệu: từ 01/02/2023 đến 28/02/2023.
   Thời hạn gửi: chậm nhất ngày 10/03/2023, tức là trước 00 giờ 00, ngày 11 tháng 3 năm 2023.
   Văn bản yêu cầu: Công văn cal.2023-M02.
   Đã gửi: 0/6 đơn vị, đạt 0,0%.

   STT   Đơn vị                           Số ngày làm việc chậm
   01    Xã mẫu 97001                     933
   02    Xã mẫu 97002                     933
   03    Xã mẫu 97003                     933
   04    Xã mẫu 97004                     933
   05    Xã mẫu 97005                     933
   06    Xã mẫu 97006                     933

2. Báo cáo phong trào thi đua "Dân vận khéo" tháng 3 năm 2023
   Kỳ số liệu: từ 01/3/2023 đến 31/3/2023.
   Thời hạn gửi: chậm nhất ngày 10/04/2023, tức là trước 00 giờ 00, ngày 11 tháng 4 năm 2023.
   Văn bản yêu cầu: Công văn cal.2023-M03.
   Đã gửi: 0/6 đơn vị, đạt 0,0%.

   STT   Đơn vị                           Số ngày làm việc chậm
   01    Xã mẫu 97001                     912
   02    Xã mẫu 97002                     912
   03    Xã mẫu 97003                     912
   04    Xã mẫu 97004                     912
   05    Xã mẫu 97005                     912
   06    Xã mẫu 97006                     912

3. Báo cáo phong trào thi đua "Dân vận khéo" tháng 4 năm 2023
   Kỳ số liệu: từ 01/4/2023 đến 30/4/2023.
   Thời hạn gửi: chậm nhất ngày 10/05/2023, tức là trước 00 giờ 00, ngày 11 tháng 5 năm 2023.
   Văn bản yêu cầu: Công văn cal.2023-M04.
   Đã gửi: 0/6 đơn vị, đạt 0,0%.

   STT   Đơn vị                           Số ngày làm việc chậm
   01    Xã mẫu 97001                     893
   02    Xã mẫu 97002                     893
   03    Xã mẫu 97003                     893
   04    Xã mẫu 97004                     893
   05    Xã mẫu 97005                     893
   06    Xã mẫu 97006                     893

4. Báo cáo phong trào thi đua "Dân vận khéo" tháng 5 năm 2023
   Kỳ số liệu: từ 01/5/2023 đến 31/5/2023.
   Thời hạn gửi: chậm nhất ngày 10/06/2023, tức là trước 00 giờ 00, ngày 11 tháng 6 năm 2023.
   Văn bản yêu cầu: Công văn cal.2023-M05.
   Đã gửi: 0/6 đơn vị, đạt 0,0%.

   STT   Đơn vị                           Số ngày làm việc chậm
   01    Xã mẫu 97001                     871
   02    Xã mẫu 97002                     871
   03    Xã mẫu 97003                     871
   04    Xã mẫu 97004                     871
   05    Xã mẫu 97005                     871
   06    Xã mẫu 97006                     871

Kính đề nghị đồng chí quan tâm chỉ đạo, đôn đốc các đơn vị nêu trên khẩn trương gửi báo cáo để Ban Chỉ đạo kịp tổng hợp chung.

Trường hợp đơn vị đã gửi báo cáo sau thời điểm nêu trên, đề nghị bỏ qua nội dung liên quan đến đơn vị đó.

Trân trọng.

--
Thư được gửi tự động từ hệ thống báo cáo QCDC (thực hiện dân chủ ở cơ sở). Đề nghị không trả lời thư này.
', '2026-12-01 00:54:26.148289+00', '2026-12-01 00:54:27.207969+00', NULL, 1, false, '2026-12-01 00:54:27.207969+00'),
	('aa104790-126f-5e33-a20a-aa4e43fddea5', 'mau-hai', 'mau-hai@example.vn', 'email', 'planned', '<943f9b01a33a2628fa64d4c45eb352a1@qcdc.example.vn>', '[QCDC] 03 đơn vị chưa gửi báo cáo phong trào thi đua "Dân vận khéo" tháng 2 năm 2023 – Ban Chỉ đạo tỉnh Mẫu Hai', 'Ban Chỉ đạo mau-hai

Kính gửi: đồng chí Trần Văn Mẫu

Tính đến 07 giờ 54, ngày 01 tháng 12 năm 2026, Ban Chỉ đạo chưa nhận được báo cáo của 03 đơn vị đã quá thời hạn gửi, cụ thể như sau:

1. Báo cáo phong trào thi đua "Dân vận khéo" tháng 2 năm 2023
   Kỳ số liệu: từ 01/02/2023 đến 28/02/2023.
   Thời hạn gửi: chậm nhất ngày 10/03/2023, tức là trước 00 giờ 00, ngày 11 tháng 3 năm 2023.
   Văn bản yêu cầu: Công văn cal.2023-M02.
   Đã gửi: 0/3 đơn vị, đạt 0,0%.

   STT   Đơn vị                           Số ngày làm việc chậm
   01    Xã mẫu 98001                     933
         (đến hết ngày 30/6/2023; nay là Xã mẫu 98009)
   02    Xã mẫu 98002                     933
         (đến hết ngày 30/6/2023; nay là Xã mẫu 98009)
   03    Xã mẫu 98003                     933
         (đến hết ngày 30/6/2023; nay là Xã mẫu 98009)

Kính đề nghị đồng chí quan tâm chỉ đạo, đôn đốc các đơn vị nêu trên khẩn trương gửi báo cáo để Ban Chỉ đạo kịp tổng hợp chung.

Trường hợp đơn vị đã gửi báo cáo sau thời điểm nêu trên, đề nghị bỏ qua nội dung liên quan đến đơn vị đó.

Trân trọng.

--
Thư được gửi tự động từ hệ thống báo cáo QCDC (thực hiện dân chủ ở cơ sở). Đề nghị không trả lời thư này.
', '2026-12-01 00:54:32.691647+00', '2026-12-01 00:55:33.32113+00', NULL, 1, false, NULL);


INSERT INTO qcdc.notice_item VALUES
	('f44565ef-77d2-5eb1-b7de-6d4df7dda1c7', '97001.1', 'F05', 'cal.2023-M02', 'overdue', 'mau-mot@example.vn', 'email', NULL, '2023-03-10 17:00:00+00'),
	('f44565ef-77d2-5eb1-b7de-6d4df7dda1c7', '97002.1', 'F05', 'cal.2023-M02', 'overdue', 'mau-mot@example.vn', 'email', NULL, '2023-03-10 17:00:00+00'),
	('f44565ef-77d2-5eb1-b7de-6d4df7dda1c7', '97003.1', 'F05', 'cal.2023-M02', 'overdue', 'mau-mot@example.vn', 'email', NULL, '2023-03-10 17:00:00+00'),
	('f44565ef-77d2-5eb1-b7de-6d4df7dda1c7', '97004.1', 'F05', 'cal.2023-M02', 'overdue', 'mau-mot@example.vn', 'email', NULL, '2023-03-10 17:00:00+00'),
	('f44565ef-77d2-5eb1-b7de-6d4df7dda1c7', '97005.1', 'F05', 'cal.2023-M02', 'overdue', 'mau-mot@example.vn', 'email', NULL, '2023-03-10 17:00:00+00'),
	('f44565ef-77d2-5eb1-b7de-6d4df7dda1c7', '97006.1', 'F05', 'cal.2023-M02', 'overdue', 'mau-mot@example.vn', 'email', NULL, '2023-03-10 17:00:00+00'),
	('f44565ef-77d2-5eb1-b7de-6d4df7dda1c7', '97001.1', 'F05', 'cal.2023-M03', 'overdue', 'mau-mot@example.vn', 'email', NULL, '2023-04-10 17:00:00+00'),
	('f44565ef-77d2-5eb1-b7de-6d4df7dda1c7', '97002.1', 'F05', 'cal.2023-M03', 'overdue', 'mau-mot@example.vn', 'email', NULL, '2023-04-10 17:00:00+00'),
	('f44565ef-77d2-5eb1-b7de-6d4df7dda1c7', '97003.1', 'F05', 'cal.2023-M03', 'overdue', 'mau-mot@example.vn', 'email', NULL, '2023-04-10 17:00:00+00'),
	('f44565ef-77d2-5eb1-b7de-6d4df7dda1c7', '97004.1', 'F05', 'cal.2023-M03', 'overdue', 'mau-mot@example.vn', 'email', NULL, '2023-04-10 17:00:00+00'),
	('f44565ef-77d2-5eb1-b7de-6d4df7dda1c7', '97005.1', 'F05', 'cal.2023-M03', 'overdue', 'mau-mot@example.vn', 'email', NULL, '2023-04-10 17:00:00+00'),
	('f44565ef-77d2-5eb1-b7de-6d4df7dda1c7', '97006.1', 'F05', 'cal.2023-M03', 'overdue', 'mau-mot@example.vn', 'email', NULL, '2023-04-10 17:00:00+00'),
	('f44565ef-77d2-5eb1-b7de-6d4df7dda1c7', '97001.1', 'F05', 'cal.2023-M04', 'overdue', 'mau-mot@example.vn', 'email', NULL, '2023-05-10 17:00:00+00'),
	('f44565ef-77d2-5eb1-b7de-6d4df7dda1c7', '97002.1', 'F05', 'cal.2023-M04', 'overdue', 'mau-mot@example.vn', 'email', NULL, '2023-05-10 17:00:00+00'),
	('f44565ef-77d2-5eb1-b7de-6d4df7dda1c7', '97003.1', 'F05', 'cal.2023-M04', 'overdue', 'mau-mot@example.vn', 'email', NULL, '2023-05-10 17:00:00+00'),
	('f44565ef-77d2-5eb1-b7de-6d4df7dda1c7', '97004.1', 'F05', 'cal.2023-M04', 'overdue', 'mau-mot@example.vn', 'email', NULL, '2023-05-10 17:00:00+00'),
	('f44565ef-77d2-5eb1-b7de-6d4df7dda1c7', '97005.1', 'F05', 'cal.2023-M04', 'overdue', 'mau-mot@example.vn', 'email', NULL, '2023-05-10 17:00:00+00'),
	('f44565ef-77d2-5eb1-b7de-6d4df7dda1c7', '97006.1', 'F05', 'cal.2023-M04', 'overdue', 'mau-mot@example.vn', 'email', NULL, '2023-05-10 17:00:00+00'),
	('f44565ef-77d2-5eb1-b7de-6d4df7dda1c7', '97001.1', 'F05', 'cal.2023-M05', 'overdue', 'mau-mot@example.vn', 'email', NULL, '2023-06-10 17:00:00+00'),
	('f44565ef-77d2-5eb1-b7de-6d4df7dda1c7', '97002.1', 'F05', 'cal.2023-M05', 'overdue', 'mau-mot@example.vn', 'email', NULL, '2023-06-10 17:00:00+00'),
	('f44565ef-77d2-5eb1-b7de-6d4df7dda1c7', '97003.1', 'F05', 'cal.2023-M05', 'overdue', 'mau-mot@example.vn', 'email', NULL, '2023-06-10 17:00:00+00'),
	('f44565ef-77d2-5eb1-b7de-6d4df7dda1c7', '97004.1', 'F05', 'cal.2023-M05', 'overdue', 'mau-mot@example.vn', 'email', NULL, '2023-06-10 17:00:00+00'),
	('f44565ef-77d2-5eb1-b7de-6d4df7dda1c7', '97005.1', 'F05', 'cal.2023-M05', 'overdue', 'mau-mot@example.vn', 'email', NULL, '2023-06-10 17:00:00+00'),
	('f44565ef-77d2-5eb1-b7de-6d4df7dda1c7', '97006.1', 'F05', 'cal.2023-M05', 'overdue', 'mau-mot@example.vn', 'email', NULL, '2023-06-10 17:00:00+00'),
	('aa104790-126f-5e33-a20a-aa4e43fddea5', '98001.1', 'F05', 'cal.2023-M02', 'overdue', 'mau-hai@example.vn', 'email', NULL, '2023-03-10 17:00:00+00'),
	('aa104790-126f-5e33-a20a-aa4e43fddea5', '98002.1', 'F05', 'cal.2023-M02', 'overdue', 'mau-hai@example.vn', 'email', NULL, '2023-03-10 17:00:00+00'),
	('aa104790-126f-5e33-a20a-aa4e43fddea5', '98003.1', 'F05', 'cal.2023-M02', 'overdue', 'mau-hai@example.vn', 'email', NULL, '2023-03-10 17:00:00+00');




INSERT INTO qcdc."position" VALUES
	('notifier', 'qcdc.reports.v1', 1, 4, 0, '2026-12-01 00:54:28.289293+00'),
	('notifier', 'qcdc.reports.v1', 0, 19, 0, '2026-12-01 00:54:30.525425+00'),
	('notifier-directory', 'qcdc.directory.v1', 0, 28, 0, '2026-12-01 00:54:33.589833+00'),
	('notifier-watermarks', 'qcdc.watermarks.v1', 0, 4, 0, '2026-12-01 00:54:34.808238+00');


INSERT INTO qcdc.stage VALUES
	('97001.1', 'F05', 'cal.2023-M02', 'overdue', '2026-12-01 00:54:23.227549+00'),
	('97002.1', 'F05', 'cal.2023-M02', 'overdue', '2026-12-01 00:54:23.227549+00'),
	('97003.1', 'F05', 'cal.2023-M02', 'overdue', '2026-12-01 00:54:23.227549+00'),
	('97004.1', 'F05', 'cal.2023-M02', 'overdue', '2026-12-01 00:54:23.227549+00'),
	('97005.1', 'F05', 'cal.2023-M02', 'overdue', '2026-12-01 00:54:23.227549+00'),
	('97006.1', 'F05', 'cal.2023-M02', 'overdue', '2026-12-01 00:54:23.227549+00'),
	('97001.1', 'F05', 'cal.2023-M03', 'overdue', '2026-12-01 00:54:23.227549+00'),
	('97002.1', 'F05', 'cal.2023-M03', 'overdue', '2026-12-01 00:54:23.227549+00'),
	('97003.1', 'F05', 'cal.2023-M03', 'overdue', '2026-12-01 00:54:23.227549+00'),
	('97004.1', 'F05', 'cal.2023-M03', 'overdue', '2026-12-01 00:54:23.227549+00'),
	('97005.1', 'F05', 'cal.2023-M03', 'overdue', '2026-12-01 00:54:23.227549+00'),
	('97006.1', 'F05', 'cal.2023-M03', 'overdue', '2026-12-01 00:54:23.227549+00'),
	('97001.1', 'F05', 'cal.2023-M04', 'overdue', '2026-12-01 00:54:23.227549+00'),
	('97002.1', 'F05', 'cal.2023-M04', 'overdue', '2026-12-01 00:54:23.227549+00'),
	('97003.1', 'F05', 'cal.2023-M04', 'overdue', '2026-12-01 00:54:23.227549+00'),
	('97004.1', 'F05', 'cal.2023-M04', 'overdue', '2026-12-01 00:54:23.227549+00'),
	('97005.1', 'F05', 'cal.2023-M04', 'overdue', '2026-12-01 00:54:23.227549+00'),
	('97006.1', 'F05', 'cal.2023-M04', 'overdue', '2026-12-01 00:54:23.227549+00'),
	('97001.1', 'F05', 'cal.2023-M05', 'overdue', '2026-12-01 00:54:23.227549+00'),
	('97002.1', 'F05', 'cal.2023-M05', 'overdue', '2026-12-01 00:54:23.227549+00'),
	('97003.1', 'F05', 'cal.2023-M05', 'overdue', '2026-12-01 00:54:23.227549+00'),
	('97004.1', 'F05', 'cal.2023-M05', 'overdue', '2026-12-01 00:54:23.227549+00'),
	('97005.1', 'F05', 'cal.2023-M05', 'overdue', '2026-12-01 00:54:23.227549+00'),
	('97006.1', 'F05', 'cal.2023-M05', 'overdue', '2026-12-01 00:54:23.227549+00'),
	('98001.1', 'F05', 'cal.2023-M02', 'overdue', '2026-12-01 00:54:30.053557+00'),
	('98002.1', 'F05', 'cal.2023-M02', 'overdue', '2026-12-01 00:54:30.053557+00'),
	('98003.1', 'F05', 'cal.2023-M02', 'overdue', '2026-12-01 00:54:30.053557+00');


INSERT INTO qcdc.watermark VALUES
	(true, '2026-12-01 00:54:32.398043+00');


SELECT pg_catalog.setval('qcdc.directory_revision_id_seq', 6, true);


SELECT pg_catalog.setval('qcdc.outbox_id_seq', 83, true);


ALTER TABLE ONLY qcdc.dead_letter
    ADD CONSTRAINT dead_letter_pkey PRIMARY KEY (topic, partition, "offset");


ALTER TABLE ONLY qcdc.directory_entity
    ADD CONSTRAINT directory_entity_pkey PRIMARY KEY (key);


ALTER TABLE ONLY qcdc.directory_incoming
    ADD CONSTRAINT directory_incoming_pkey PRIMARY KEY (key);


ALTER TABLE ONLY qcdc.directory_revision
    ADD CONSTRAINT directory_revision_pkey PRIMARY KEY (id);


ALTER TABLE ONLY qcdc.duty
    ADD CONSTRAINT duty_pkey PRIMARY KEY (unit, form, period);


ALTER TABLE ONLY qcdc.filing
    ADD CONSTRAINT filing_pkey PRIMARY KEY (unit, form, period);


ALTER TABLE ONLY qcdc.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (name);


ALTER TABLE ONLY qcdc.notice
    ADD CONSTRAINT notice_pkey PRIMARY KEY (notice_id);


ALTER TABLE ONLY qcdc.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);


ALTER TABLE ONLY qcdc."position"
    ADD CONSTRAINT position_pkey PRIMARY KEY (stream, topic, partition);


ALTER TABLE ONLY qcdc.stage
    ADD CONSTRAINT stage_pkey PRIMARY KEY (unit, form, period, stage);


ALTER TABLE ONLY qcdc.watermark
    ADD CONSTRAINT watermark_pkey PRIMARY KEY (only_row);


CREATE INDEX delivery_by_notice ON qcdc.delivery USING btree (notice_id, at);


CREATE INDEX due_change_by_duty ON qcdc.due_change USING btree (unit, form, period, at);


CREATE INDEX duty_by_form_and_period ON qcdc.duty USING btree (form, period, state);


CREATE INDEX duty_open_by_due_at ON qcdc.duty USING btree (due_at) WHERE (state = 'open'::text);


CREATE INDEX duty_unmet ON qcdc.duty USING btree (unit, form, period) WHERE (state <> 'met'::text);


CREATE INDEX notice_by_creation ON qcdc.notice USING btree (created_at);


CREATE INDEX notice_by_recipient ON qcdc.notice USING btree (committee, recipient, channel, sent_at);


CREATE INDEX notice_item_by_notice ON qcdc.notice_item USING btree (notice_id);


CREATE UNIQUE INDEX notice_item_once ON qcdc.notice_item USING btree (unit, form, period, stage, recipient, channel, due_at) WHERE (left_out_at IS NULL);


CREATE INDEX notice_planned ON qcdc.notice USING btree (send_after) WHERE (state = 'planned'::text);


ALTER TABLE ONLY qcdc.delivery
    ADD CONSTRAINT delivery_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES qcdc.notice(notice_id);


ALTER TABLE ONLY qcdc.due_change
    ADD CONSTRAINT due_change_unit_form_period_fkey FOREIGN KEY (unit, form, period) REFERENCES qcdc.duty(unit, form, period);


ALTER TABLE ONLY qcdc.notice_item
    ADD CONSTRAINT notice_item_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES qcdc.notice(notice_id);


ALTER TABLE ONLY qcdc.notice_item
    ADD CONSTRAINT notice_item_unit_form_period_fkey FOREIGN KEY (unit, form, period) REFERENCES qcdc.duty(unit, form, period);


ALTER TABLE ONLY qcdc.stage
    ADD CONSTRAINT stage_unit_form_period_fkey FOREIGN KEY (unit, form, period) REFERENCES qcdc.duty(unit, form, period);
